"""Flask with Flask-Login: flask_site.py PORT SECRET."""
import sys

from flask import Flask, request, session
from flask_login import LoginManager, UserMixin, login_user, logout_user

app = Flask(__name__)
app.secret_key = sys.argv[2]
logins = LoginManager(app)


class User(UserMixin):
    def __init__(self, name):
        self.id = name


logins.user_loader(User)


@app.route("/login")
def login():
    login_user(User(request.args["user"]))
    return "in"


@app.route("/plain")
def plain():
    """A session of one's own, too short to be compressed."""
    session["_user_id"] = request.args["user"]
    return "in"


@app.route("/own")
def own():
    """A member of one's own, in a session that Flask compresses."""
    session["user_id"] = request.args["user"]
    session["seen"] = list(range(1000))
    return "in"


@app.route("/guest")
def guest():
    session["seen"] = ["a", "tuple", ("of", b"bytes")]
    return "hello"


@app.route("/logout")
def logout():
    logout_user()
    return "out"


app.run("127.0.0.1", int(sys.argv[1]))
