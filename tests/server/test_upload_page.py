"""The upload page: works without a script, keeps no session, and shows what others wrote as text alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import html5lib
import pytest
from starlette.testclient import TestClient

from suite.settings import Settings
from suite.store.intake import Queue

LINE = "\r\n"


def form(*parts: tuple[str, str], boundary: str = "b0und") -> tuple[bytes, dict[str, str]]:
    """Return the body and headers of a form; each part is its disposition and what it holds."""
    pieces = [
        f"--{boundary}{LINE}Content-Disposition: form-data; {head}{LINE}{LINE}{body}{LINE}" for head, body in parts
    ]
    body = "".join(pieces) + f"--{boundary}--{LINE}"
    return body.encode(), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def uploaded(secret: str, content: str = "PK..") -> tuple[bytes, dict[str, str]]:
    return form(('name="token"', secret), ('name="archive"; filename="../../x.zip"', content))


def waiting(home: Settings) -> int:
    return len(list(home.intake_folder.glob("*"))) if home.intake_folder.is_dir() else 0


def send(client: TestClient, path: str, sent: tuple[bytes, dict[str, str]], **headers: str) -> tuple[int, str]:
    answer = client.post(path, content=sent[0], headers=sent[1] | headers)
    html5lib.HTMLParser(strict=True).parse(answer.text)
    assert "<script" not in answer.text
    return answer.status_code, answer.text


def test_the_page_is_valid_and_needs_no_script(client: TestClient) -> None:
    text = client.get("/").text
    html5lib.HTMLParser(strict=True).parse(text)
    assert re.findall(r'action="(\w+)"', text) == ["upload", "look"]
    assert "<script" not in text
    assert client.get("/style.css").headers["Content-Type"].startswith("text/css")


def test_a_file_is_handed_in_and_asked_after(client: TestClient, secret: Callable[..., str], home: Settings) -> None:
    token = secret()
    status, text = send(client, "/upload", uploaded(token))
    assert (status, waiting(home)) == (201, 1)
    (number,) = set(re.findall(r"[0-9a-f]{32}(?![0-9a-f])", text.split("<dl>")[0]))
    assert "number 1 in the queue" in text
    assert (home.intake_folder / number).read_bytes() == b"PK.."
    assert send(client, "/upload", uploaded(token))[0] == 200
    status, text = send(client, "/look", form(('name="token"', token), ('name="id"', number)))
    assert status == 200
    assert "waiting" in text
    assert token not in text
    assert send(client, "/look", form(('name="token"', secret("ben")), ('name="id"', number)))[0] == 404


def test_a_large_file_in_pieces_arrives_whole(client: TestClient, secret: Callable[..., str], home: Settings) -> None:
    content = "".join(chr(33 + number % 90) for number in range(90_000)) + "\r\n--b0un\r\n"
    body, headers = uploaded(secret(), content)
    pieces = (body[start : start + 777] for start in range(0, len(body), 777))
    assert client.post("/upload", content=pieces, headers=headers).status_code == 201
    (path,) = home.intake_folder.glob("*")
    assert path.read_bytes() == content.encode()


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ([('name="archive"; filename="x"', "PK")], 401),
        ([('name="archive"; filename="x"', "PK"), ('name="token"', "TOKEN")], 401),  # too late: nothing was taken in
        ([('name="token"', "wrong"), ('name="archive"; filename="x"', "PK")], 401),
        ([('name="token"', "TOKEN")], 422),
        ([('name="token"', "TOKEN"), ('name="archive"; filename="x"', "")], 422),
        ([('name="token"', "TOKEN"), *[('name="archive"; filename="x"', "PK")] * 2], 400),
        ([('name="token"', "TOKEN"), *[('name="more"', "x")] * 5], 400),
        ([('name="token"', "T" * 300)], 400),
        ([('name="token"', "é")], 400),
        ([('name="' + "n" * 2000 + '"', "x")], 400),
        ([('name="token"', "TOKEN"), ('name="archive"; filename="x"', "x" * 200_000)], 413),
    ],
)
def test_a_form_that_is_not_the_pages_is_refused(
    client: TestClient, secret: Callable[..., str], home: Settings, parts: list[tuple[str, str]], status: int
) -> None:
    token = secret()
    sent = form(*[(head, body.replace("TOKEN", token)) for head, body in parts])
    assert send(client, "/upload", sent)[0] == status
    assert waiting(home) == 0


@pytest.mark.parametrize(
    "damage", [lambda body: body[:-30], lambda body: b"x" + body, lambda body: b"", lambda body: body[60:]]
)
def test_a_damaged_form_is_refused(
    client: TestClient, secret: Callable[..., str], home: Settings, damage: Callable[[bytes], bytes]
) -> None:
    body, headers = uploaded(secret())
    assert send(client, "/upload", (damage(body), headers))[0] in (400, 401, 422)
    assert waiting(home) == 0


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", ""])
def test_what_is_no_form_is_refused(client: TestClient, kind: str) -> None:
    assert send(client, "/upload", (b"token=x", {"Content-Type": kind}))[0] == 415


def test_another_sites_form_is_refused(client: TestClient, secret: Callable[..., str], home: Settings) -> None:
    sent = uploaded(secret())
    for path in ("/upload", "/look"):
        assert send(client, path, sent, **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert waiting(home) == 0
    assert send(client, "/upload", sent, **{"Sec-Fetch-Site": "same-origin"})[0] == 201


def test_a_reason_is_shown_as_text_alone(client: TestClient, secret: Callable[..., str], home: Settings) -> None:
    token = secret()
    _, text = send(client, "/upload", uploaded(token))
    (number,) = set(re.findall(r"[0-9a-f]{32}(?![0-9a-f])", text.split("<dl>")[0]))
    queue = Queue(home.database_url)
    entry = queue.claim()
    assert entry is not None
    queue.end(entry, "refused", "<b onmouseover=x>bold</b> \u202egnol\x1b[31m")
    _, text = send(client, "/look", form(('name="token"', token), ('name="id"', number)))
    assert "&lt;b onmouseover=x&gt;bold&lt;/b&gt; gnol" in text
    assert "<b " not in text


def test_a_part_has_a_few_headers(client: TestClient) -> None:
    more = "".join(f"{LINE}X-{number}: x" for number in range(20))
    status, text = send(client, "/look", form((f'name="token"{more}', "x")))
    assert status == 400
    assert "cannot read the form" in text
