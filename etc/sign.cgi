#!/home/YOU/private/signpost/signpost --config=/home/YOU/private/signpost/signpost.conf
