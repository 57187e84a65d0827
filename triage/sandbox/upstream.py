"""moto, in this process: the state of resources, and every operation that is not ours.

moto's state belongs to the process, so there is one sandbox per process at a time.
"""

import io
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from moto import settings
from moto.backend_index import backend_url_patterns
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.iam.models import iam_backends
from moto.moto_api._internal import mock_random
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.utilities.utils import get_partition
from werkzeug.test import run_wsgi_app

from triage.sandbox.call import Call, NotBuilt, Reply

ALIASES = frozenset({"s3control", "sesv2", "dynamodb", "dynamodb_v20111205", "dynamodbstreams"})
"""Services for which moto's dispatcher names a backend instead of a host."""
ACCOUNT_IN_KEY = re.compile(r"\d{12}")
HTML = "text/html"
SEED = 42


class Moto:
    """Answers calls as moto's own server would, for the account the front has settled."""

    def __init__(self) -> None:
        # 1,300 public images per account and Region cost more than everything else together.
        settings.ec2_load_default_amis = bool
        self._application = DomainDispatcherApplication(create_backend_app)

    def answer(self, call: Call) -> Reply:
        """Hand the request over as it arrived. Raises NotBuilt when moto cannot do it."""
        if not self._knows(call):
            text = f"neither the sandbox nor moto has a service {call.service}"
            raise NotBuilt(text)
        try:
            parts, status, headers = run_wsgi_app(self._application, _environ(call))
        except Exception as error:
            text = f"neither the sandbox nor moto answers {call.name}: {error!r}"
            raise NotBuilt(text) from error
        body = b"".join(parts)
        reply = Reply(status=int(status.split()[0]), headers=list(headers), body=body)
        if _unanswered(call, reply):
            text = f"neither the sandbox nor moto answers {call.name} (moto said {status})"
            raise NotBuilt(text)
        return reply

    def _knows(self, call: Call) -> bool:
        """Ask before moto does: for a service it lacks it prints to stdout, and fails."""
        host = self._application.infer_service_region_host(
            _environ(call), call.environ["PATH_INFO"]
        )
        url = f"http://{host}"
        return host in ALIASES or any(pattern.match(url) for _, pattern in backend_url_patterns)

    @staticmethod
    def reset() -> None:
        """Forget every resource of every account; ids moto draws start over too."""
        BackendDict.reset()
        reset_model_data()
        mock_random.seed(SEED)


def _environ(call: Call) -> dict[str, Any]:
    length = {"CONTENT_LENGTH": str(len(call.body)), "wsgi.input": io.BytesIO(call.body)}
    chosen = {"HTTP_X_MOTO_ACCOUNT_ID": call.account}
    environ = {**call.environ, **length, **chosen}
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return environ


def _unanswered(call: Call, reply: Reply) -> bool:
    """Tell an error of AWS from moto's having no such operation or no such page."""
    kind = {name.lower(): value for name, value in reply.headers}.get("content-type", "")
    page = kind.startswith(HTML) and b"<!doctype" in reply.body
    missing = reply.status == HTTPStatus.NOT_FOUND
    silent = missing and not reply.body and call.environ["REQUEST_METHOD"] != "HEAD"
    return page or silent


def account_of(access_key: str, *, region: str, default: str) -> str:
    """Say whose key it is.

    A key that moto issued (an IAM user's, or a session's from AssumeRole) belongs to the account
    it was issued in; else twelve digits anywhere in the key id name the account; else `default`.
    """
    partition = get_partition(region)
    for account, backends in list(iam_backends.items()):
        if access_key in backends[partition].access_keys:
            return str(account)
    named = ACCOUNT_IN_KEY.search(access_key)
    return named.group() if named else default


def key_for(account: str) -> Mapping[str, str]:
    """Return credentials that mean `account` here, and nothing anywhere else."""
    return {
        "aws_access_key_id": f"AKIA{account}TEST",
        "aws_secret_access_key": "sandbox-only",
    }
