"""What the city of the page tests is made of."""

from __future__ import annotations

from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yiwang.kernel.core.actor import system_actor

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PASSWORD = "a-long-and-rare-one"
SYSTEM = system_actor("tests")
TABLE = (
    "户号,姓名,所在村,取暖方式\n"
    "100001,王小江,街津口村,煤\n"
    "100002,李冬雪,八岔村,电\n"
    "10A,赵永利,八岔村,电\n"
    "100004,,勤得利村,木炭\n"
)

ANOTHER_HEAD = TABLE.replace("所在村", "村屯", 1)


def english() -> Client:
    """Somebody who chose English before."""
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def upload(client: Client, text: str = TABLE, *, resource: str = "heating-aid", name: str = "heating.csv") -> int:
    """Send a table in through the page and return the number of its load."""
    file = SimpleUploadedFile(name, text.encode("utf-8"), content_type="text/csv")
    answer = client.post("/work/upload/", {"resource": resource, "file": file})
    assert answer.status_code == 302, answer.content.decode()
    return int(answer["Location"].split("/")[3])
