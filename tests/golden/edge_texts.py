# SPDX-License-Identifier: Apache-2.0
"""The texts of the goldens, all written for this purpose: each group holds what one part of preprocessing can get wrong.

Append; tools/gen_golden.py writes the .jsonl files from them.
"""

NOTHING = ["", " ", "\n", " \t\r\n\x0b\x0c ", "\u00a0\u2003\u3000", "\u200b", "\x00"]

LETTER_CASE = [
    "\u039f\u0394\u039f\u03a3 \u03a3 \u03a3\u0391\u03a3 \u0391\u03a3. \u0391\u03a3\u0391",  # final sigma or not
    "\u0391\u03a3\u0301 \u0391\u03a3\u00ad \u0391'\u03a3 \u03c2\u03c3 \u03a31",  # what counts as the end of a word
    "\u0130stanbul I\u0131i \u0130\u0130",  # dotted and dotless i: one code point becomes two
    "STRASSE stra\u00dfe STRA\u1e9eE",
    "\u212a \u212b \u023a \u01c5 \ufb01 \ufb06",  # Kelvin, Angstrom, letters that change their size in UTF-8
    "\u0416\u0414\u0410\u041d \u00c9COLE \u00c5NGSTR\u00d6M \U00010400",
    "MiXeD CaSe WORDS, ALLCAPS and lower",
]

CHARACTERS = [
    "e\u0301cole cafe\u0301 \u0301 \u0307x n\u0303",  # combining marks are not word characters
    "\u4e2d\u6587\u7535\u5f71\u5f88\u597d\u3002 \u65e5\u672c\u8a9e\u306e\u6620\u753b",
    "\u4e00\u4e8c\u4e09 \uff11\uff12\uff13 \u2460\u2461 \u2167",  # CJK numerals, full width, circled, Roman
    "\u0661\u0662\u0663\u061b \u0641\u064a\u0644\u0645 \u061b\u061b x\u061by",  # Arabic digits and semicolon
    "\u0967\u0968\u0969 \u0939\u093f\u0902\u0926\u0940 \u0e44\u0e17\u0e22 \ud55c\uae00 \u05e2\u05d1\u05e8\u05d9\u05ea",
    "x\u00b2 + y\u00b3 = \u00bd z\u2081 10\u207b\u2076",
    "soft\u00adhyphen zero\u200bwidth joi\u200dner \ufeffmark",
    "\u201cquoted\u201d \u2018single\u2019 \u201elow\u201c \u00ababove\u00bb dash \u2013 long \u2014 dots\u2026",
    "price \u20ac5, \u00a37, \u00a59 and $11; 20\u00b0 \u00b1 2%",
    "nul\x00byte bell\x07 escape\x1b[0m del\x7f",
    "under_score __init__ a_1 _ __",
    "\ufffd replaced \U0010ffff last",
]

WHITE_SPACE = [
    "no\u00a0break\u00a0space",
    "next\u0085line",
    "file\x1cgroup\x1drecord\x1eunit\x1fend",
    "line\u2028paragraph\u2029end",
    "em\u2003thin\u2009ideographic\u3000ogham\u1680x",
    "  leading and trailing  ",
    "tab\ttab\t\tnew\nline\r\nand\x0bvertical\x0cfeed",
    "\x1c\x85 edges \u00a0\x1f",
]

CONTRACTIONS = [
    "I don't, you can't, he won't and she didn't.",
    "I cannot say; CANNOT, Cannot!",
    "gimme that, lemme see, I'm gonna go, you wanna? gotta",
    "'tis good, 'Twas better; it's 'tisn't",
    "We're, they've, I'd, she'll, he's, I'm",
    "DON'T SHOUT, I'VE HEARD, IT'S OK",
    "don\u2019t can\u2019t it\u2019s",  # the typographic apostrophe is no apostrophe to NLTK
    "d'ye see more'n one? whaddya want, whatcha doing",
    "rock 'n' roll o'clock y'all ain't O'Hara's dogs' bones",
    "n't 's 're ' '' ''' don't't",
    "the cat's 'quoted' word and \"double 'inner' quotes\"",
]

NUMBERS = [
    "0 1 12 123456789",
    "3.14 1,000 1,000,000.50 -7 +8 1e-9",
    "2nd 3D 4k a1b2 007bond",
    "on 12/31/1999 at 10:45 a.m., 50% of $3.50",
    "10 out of 10, 9/10, 8.5/10.",
    "1st,2nd,3rd 1:2 1.2.3.4",
]

URLS = [
    "http://x.y",
    "see http://example.com/a?b=c&d=%20#e for more",
    "HTTPS://UP.EXAMPLE Http://Mixed.example",  # the pattern minds case
    "https://secure.example/path,and more",
    "www.a.b www. www WWW.A.B",
    "foohttp://x bar",
    "http:// https:// http:/x http//x",
    "(http://example.com) <http://example.com>.",
    "mail me@example.com or ftp://example.com",
    "http://\u00e9.example/\u4e2d http://a\u00a0b www.\u3000c",  # ends at Unicode white space
    "awww.b.c httpwww.d.e",
]

HTML = [
    "one<br />two<br/>three<br>four",
    "<BR><Br /><bR\t/><br\n>",
    "<br\u00a0/> <br\x1c> < br> <br /x> </br> <br",
    "Tom &amp; Jerry &lt;b&gt;bold&lt;/b&gt; &quot;q&quot;",
    "it&#39;s &#x27;fine&#x27; &#X41; &#65",
    "&#x1F600; &#128512; &#x110000; &#xD800; &#0; &#13;",
    "&notit; &notin; &not &copy &copyright &COPY;",
    "&nbsp;space&nbsp; &eacute;t&eacute; &Eacute &hellip;",
    "&amp;amp; &amp;lt; &am &; & &# &#; &#x; &#xg;",
    "&#128; &#150; &#129; &#11; &#xFDD0; &#x1FFFF;",
    "&unknownentity; &abcdefghijklmnopqrstuvwxyzabcdefghijkl;",
    "<p>Para</p><i>it</i> <!-- note --> <a href=\"http://x.y\">link</a>",
    "&lt;br /&gt; becomes a break only after unescaping",
]

EMOJI = [
    "great \U0001f600\U0001f600 film \U0001f44d",
    "\U0001f44d\U0001f3fd \U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f \U0001f1eb\U0001f1f7",
    ":) :-( ;-P <3 \\o/ ^_^ xD",
    "word\U0001f600word 1\ufe0f\u20e3",
]

PUNCTUATION = [
    "Wait... what?!?! No!!! Yes??",
    "a.b.c e.g. i.e. U.S.A. Mr. Smith. The end.",
    "well-known co-op -- dash - minus---triple",
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    "(round) [square] {curly} <angle> ((nested))",
    "``tex'' \"quotes\" ''more'' `tick`",
    "comma,comma ,lead trail, 1,2 a,b;c:d",
    "dots. .. ... .... ....... end.",
    "either/or and/or C++ C# @user #tag 100% ~x ^y |z",
    "semi;colon:colon; ratio 3:1 at 5:00.",
    "She said \"no.\" He said \"why?\" (Really.)",
    ".", "'", "\"", "--", "?!",
]

WORD_FORMS = [
    "geese men women children mice knives wolves churches boxes quizzes ladies dishes feet teeth oxen",
    "was less us news does has this bus gas glass series species",
    "better best worse worst good well farther",
    "running ran runs went gone going is are been being had written wrote",
    "happier happiest funnier funniest bigger biggest slower slowly quickly",
    "flies dies died dying lying tied hopping hoped agreed feed skies sky toy say",
    "caresses ponies ties cats relational conditional rational digitizer operator",
    "hopefulness goodness formaliti electrical revival allowance adjustable activate probate rate controll",
    "generously communism arsenal inning outing canning herring earring proceed exceed succeed",
    "news innings skis idly gently ugly early only singly howe atlas cosmos bias andes",
    "yyy youth yes boy's boys' enjoyed's saying",
    "Geese WAS Running BETTER Women",
    "the and not no nor very too don't isn't shan't wasn wouldn't mightn",
    "movies films actors actresses criminals lives leaves axes bases",
    "a i an at as",
    "data criteria phenomena analyses matrices indices vertices",
    "caf\u00e9s na\u00efvely \u00fcbermenschen \u03bb\u03cc\u03b3\u03bf\u03b9",
    "well-made films' co-stars two-thirds",
]

# Short documents that share words, so that counts, document frequencies and n-grams have something to count.
REVIEWS = [
    "A good film with a good cast; the story is slow but the ending is good.",
    "The film is bad. Bad acting, bad story, and the ending is worse.",
    "I didn't like the story, but the cast and the music are good.",
    "Not a bad film at all: the acting is good and the music is better.",
    "The story is not good, the film is not good, the cast is not good.",
    "Slow, slow, slow. I can't say that I liked this film.<br /><br />The music? Fine.",
    "Best film of the year! See http://example.com/film or www.example.com for the cast.",
    "THE WORST FILM OF 2024. 0/10. The cast isn't to blame, the story is.",
    "It's fun: the kids were laughing, the parents weren't crying, 10/10 \U0001f600",
    "The ending of the film is the best ending that I have seen.",
    "Un film fran\u00e7ais tr\u00e8s bon; la fin est belle, l'\u00e9t\u00e9 aussi.",
    "\u039f \u039a\u039f\u03a3\u039c\u039f\u03a3 film is good \u4e2d\u6587 good \u4e2d\u6587",
]

GROUPS = [NOTHING, LETTER_CASE, CHARACTERS, WHITE_SPACE, CONTRACTIONS, NUMBERS, URLS, HTML, EMOJI, PUNCTUATION, WORD_FORMS]
TEXTS = [text for group in GROUPS for text in group] + REVIEWS

# The features' corpus: the first half trains, all of it is transformed. Odd documents stand where each half has some.
CORPUS = [
    *REVIEWS[:6], NOTHING[0], LETTER_CASE[0], CHARACTERS[0], CONTRACTIONS[0],
    *REVIEWS[6:], NOTHING[3], WHITE_SPACE[2], CHARACTERS[2], EMOJI[1],
]
