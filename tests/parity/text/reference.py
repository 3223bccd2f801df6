# SPDX-License-Identifier: Apache-2.0
"""What each step of src/text means: the Python and NLTK that it replaces."""
import html
import re
import string

from nltk.corpus import stopwords
from nltk.stem import PorterStemmer, SnowballStemmer, WordNetLemmatizer
from nltk.tokenize import NLTKWordTokenizer

STOP_WORDS = frozenset(stopwords.words("english"))
LEMMATIZER = WordNetLemmatizer()
PORTER = PorterStemmer()
SNOWBALL = SnowballStemmer("english")
TREEBANK = NLTKWordTokenizer()
PUNCTUATION = str.maketrans({mark: " " for mark in string.punctuation})
ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def words(function):
    return lambda text: " ".join(function(word) for word in text.split())


def lemmatizer(pos):
    return words(lambda word: LEMMATIZER.lemmatize(word, pos))


STEPS = {
    "remove_urls": lambda text: re.sub(r"https?://\S+|www\.\S+", "", text),
    "unescape_html": html.unescape,
    "remove_html_breaks": lambda text: re.sub(r"<br\s*/?>", " ", text, flags=re.IGNORECASE),
    "remove_digits": lambda text: "".join(char for char in text if not char.isdigit()),
    "lowercase": str.lower,
    "lowercase_ascii": lambda text: text.translate(ASCII_LOWER),
    "replace_punctuation": lambda text: text.translate(PUNCTUATION),
    "remove_arabic_semicolon": lambda text: text.replace("\u061b", ""),
    "fold_whitespace": lambda text: re.sub(r"\s+", " ", text).strip(),
    "remove_stop_words": lambda text: " ".join(word for word in text.split() if word not in STOP_WORDS),
    "lemmatize": lemmatizer("n"),
    "lemmatize_verb": lemmatizer("v"),
    "lemmatize_adjective": lemmatizer("a"),
    "lemmatize_adverb": lemmatizer("r"),
    "stem_porter": words(PORTER.stem),
    "stem_snowball": words(SNOWBALL.stem),
    "word_tokenize": lambda text: " ".join(TREEBANK.tokenize(text)),
    "split_punctuation": lambda text: re.sub(r'([.",()!?;:])', r" \1 ", text),
}

SEED = [
    "remove_urls",
    "remove_digits",
    "lowercase",
    "replace_punctuation",
    "remove_arabic_semicolon",
    "fold_whitespace",
    "remove_stop_words",
    "lemmatize",
]
BEST = ["remove_html_breaks", "lowercase"]
R1 = ["remove_html_breaks", "lowercase_ascii", "split_punctuation"]

PATTERNS = [r"(?u)\b\w\w+\b", r"(?u)\b\w+\b", r"\S+"]


def apply(steps, text):
    for step in steps:
        text = STEPS[step](text)
    return text
