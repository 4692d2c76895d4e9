"""Django with its own users: django_site.py PORT SECRET FOLDER."""
import sys

import django
from django.conf import settings
from django.core.management import call_command, execute_from_command_line
from django.http import HttpResponse
from django.urls import path

settings.configure(
    SECRET_KEY=sys.argv[2],
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[3] + "/site.db"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework_simplejwt"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
)
django.setup()

from django.contrib import auth  # noqa: E402 - needs what is above
from django.contrib.auth.models import User  # noqa: E402
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken  # noqa: E402


def user(request):
    return User.objects.get(username=request.GET["user"])


def login(request):
    auth.login(request, user(request))
    return HttpResponse("in")


def brief(request):
    auth.login(request, user(request))
    request.session.set_expiry(1)
    return HttpResponse("in")


def guest(request):
    request.session["seen"] = True
    return HttpResponse("hello")


def logout(request):
    auth.logout(request)
    return HttpResponse("out")


def signed(request):
    answer = HttpResponse("in")
    answer.set_signed_cookie("uid", user(request).username)
    return answer


def salted(request):
    answer = HttpResponse("in")
    answer.set_signed_cookie("uid", user(request).username, salt="login")
    return answer


def token(request):
    answer = HttpResponse("in")
    answer.set_cookie("access", str(AccessToken.for_user(user(request))))
    return answer


def refresh(request):
    answer = HttpResponse("in")
    answer.set_cookie("access", str(RefreshToken.for_user(user(request))))
    return answer


urlpatterns = [path(view.__name__, view) for view in (login, brief, guest, logout, signed, salted, token, refresh)]

call_command("migrate", verbosity=0)
User.objects.create_user("alice", id=42)
execute_from_command_line(["site", "runserver", "--noreload", "127.0.0.1:" + sys.argv[1]])
