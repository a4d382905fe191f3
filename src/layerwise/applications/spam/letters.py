"""What a mail says: its subject and its text, without the headers that programs wrote for each other."""

from __future__ import annotations

import email
import html
import re
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message

MOST_CHARACTERS = 3000
_HEADERS = {"subject", "from", "received"}
_MARKUP = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)


def text_of(content: bytes) -> str:
    """The subject, then the text of a mail; content without a mail's headers is text as it is.

    Headers hold dates and the names of machines, by which the ham and the spam of a collection are told apart without
    reading a word. Plain text goes before HTML, of which the tags are left out. Bytes that are not what they are said
    to be become �. At most 3,000 characters.

    >>> text_of(b"From: a@b.c\\nSubject: Lunch?\\nContent-Type: text/html\\n\\n<p>At <b>noon</b></p>").split()
    ['Lunch?', 'At', 'noon']
    >>> text_of(b"See you at noon")
    'See you at noon'
    """
    message = email.message_from_bytes(content)
    if not _HEADERS.intersection(name.lower() for name in message):
        return _decoded(content, "utf-8")[:MOST_CHARACTERS]
    return f"{_subject(message)}\n{_body(message)}"[:MOST_CHARACTERS]


def _subject(message: Message) -> str:
    raw = message.get("subject", "")
    try:
        subject = str(make_header(decode_header(raw)))
    except (LookupError, ValueError, MessageError):  # a character set that nobody knows, or broken base64
        subject = str(raw)
    return subject.encode("utf-8", "replace").decode("utf-8")


def _body(message: Message) -> str:
    parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    plain = [_text(part) for part in parts if part.get_content_subtype() != "html"]
    if any(text.strip() for text in plain):
        return "\n".join(plain)
    return "\n".join(html.unescape(_MARKUP.sub(" ", _text(part))) for part in parts)


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return _decoded(payload, part.get_content_charset("utf-8")) if isinstance(payload, bytes) else ""


def _decoded(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")
