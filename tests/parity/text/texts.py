# SPDX-License-Identifier: Apache-2.0
"""Texts to compare on: the reviews, the tweets, and random ones made of the pieces that break tokenisers."""
import csv
import random
import tarfile

PIECES = (
    "a b I s t don't can't cannot CANNOT gonna gimme wanna lemme gotta d'ye more'n 'tis 'Twas 'Tıs ain't O'Neil rock'n'roll "
    "'re 've ll 'S 's 'ſ ſs 'em y'all she'd N'T n't the The THE and was men women knives churches boxes quizzes ladies dishes "
    "us less news running flies dies died dying hopping agreed relational radically sky skies happily yes toy yyy "
    "http:// https:// http://x.y/?a=b https://Ab.c www. www.x WWW.X httpwww.a.b http://www. ftp://x "
    "<br> <br/> <br /> <BR\u00a0/> <bR\t> <br <b r> </br> & &amp; &lt;br&gt; &nbsp; &notit; &notin; &#65; &#x41; &#X110000; "
    "&#0; &#128; &#x81; &#xD800; &#11; &#xFDD0; &#13 &am &; &#; &#x; &Aacute &aacuteX &copy1 &longnamelongnamelongnamelongname; "
    ". .. ... , : ; ! ? - -- --- ' '' ''' \" ` `` ( ) [ ] { } < > @ # $ % * / \\ _ __ a_b ~ ^ + = | «  » “ ” ‘ ’ „ ‒ – — ― "
    "0 1 12 3.14 1,000 a1b 2nd ² ٣ ५ ５ Ⅷ ½ ① 二 "
    "Σ σ ς ΑΣ ΑΣΑ ΑΣ. ΟΔΟΣ ΣΣ İ I ı ß ẞ É é e\u0301 \u0307 K Å Ⱥ ǅ ﬁ ﬆ Жд 中文 日本 한글 ไทย עברית ؛ عربي 😀 👍🏽 \u200d \u200b \ufeff \u00ad "
).split(" ")
SPACES = [" "] * 12 + ["", "", "", "\n", "\t", "  ", "\r\n", "\u00a0", "\x1c", "\x1f", "\x85", "\u2003", "\u3000", "\u2028", "\x0b"]


def nasty(count, seed=0):
    rng = random.Random(seed)
    for _ in range(count):
        yield "".join(rng.choice(PIECES) + rng.choice(SPACES) for _ in range(rng.randrange(1, 12)))


def reviews(path):
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isfile() and member.name.endswith(".txt") and ("/pos/" in member.name or "/neg/" in member.name):
                yield archive.extractfile(member).read().decode("utf-8")


def tweets(path):
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            yield row["text"]
