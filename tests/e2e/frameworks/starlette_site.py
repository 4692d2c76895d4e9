"""Starlette, and itsdangerous by itself: starlette_site.py PORT SECRET."""
import sys

import uvicorn
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

SECRET = sys.argv[2]


async def login(request):
    request.session["user_id"] = request.query_params["user"]
    return PlainTextResponse("in")


async def guest(request):
    request.session["seen"] = True
    return PlainTextResponse("hello")


async def logout(request):
    request.session.clear()
    return PlainTextResponse("out")


async def serializer(request):
    made = URLSafeTimedSerializer(SECRET, salt="login").dumps({"user_id": request.query_params["user"]})
    answer = PlainTextResponse("in")
    answer.set_cookie("login", made)
    return answer


async def unsalted(request):
    answer = PlainTextResponse("in")
    answer.set_cookie("login", URLSafeTimedSerializer(SECRET).dumps({"user_id": request.query_params["user"]}))
    return answer


async def reset(request):
    """A token of the same secret for another purpose."""
    made = URLSafeTimedSerializer(SECRET, salt="reset").dumps({"user_id": request.query_params["user"]})
    answer = PlainTextResponse("sent")
    answer.set_cookie("login", made)
    return answer


async def signer(request):
    made = TimestampSigner(SECRET).sign(request.query_params["user"]).decode()
    answer = PlainTextResponse("in")
    answer.set_cookie("login", made)
    return answer


app = Starlette(
    routes=[Route("/" + view.__name__, view) for view in (login, guest, logout, serializer, unsalted, reset, signer)],
    middleware=[Middleware(SessionMiddleware, secret_key=SECRET)],
)
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
