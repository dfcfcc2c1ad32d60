"""Writes CLIPTokenizer's tokens of a prompt for each combination of tokenizer files.

    python test/parity/make-tokenizer-files.py

Output: daemon/test/fixtures/text/tokenizer-files.json. The vocabulary is that of fixtures/text/sd2, as `vocab.json` with
`merges.txt` or as one `tokenizer.json`; the other files are those that versions 4 and 5 of transformers have written.
"""

import json
import shutil
import tempfile
from pathlib import Path

from transformers import CLIPTokenizer

TEXT = Path(__file__).parents[2] / "daemon/test/fixtures/text"
BOS, EOS = "<|startoftext|>", "<|endoftext|>"
CONFIG, MAP = "tokenizer_config.json", "special_tokens_map.json"
PROMPTS = ["", "a cat!", "<new> cat"]
TOKENS = 12
VOCABULARY = json.loads((TEXT / "sd2/tokenizer/vocab.json").read_text())
ADDED = {"<new>": len(VOCABULARY)}


def token(content: str, **more) -> dict:
    return {**more, "content": content, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}


def old_config(pad: str | None) -> dict:
    """As in the published repositories."""
    typed = {"__type": "AddedToken"}
    special = {"bos_token": token(BOS, **typed), "eos_token": token(EOS, **typed), "unk_token": token(EOS, **typed)}
    return {**special, "pad_token": pad, "model_max_length": 77, "tokenizer_class": "CLIPTokenizer"}


def special_map(pad) -> dict:
    return {"bos_token": token(BOS), "eos_token": token(EOS), "pad_token": pad, "unk_token": token(EOS)}


def decoder_config(pad: str | None, *more: str) -> dict:
    """As transformers 4.34 and later write it."""
    ids = {**VOCABULARY, **ADDED}
    tokens = sorted({BOS, EOS, *([pad] if pad else []), *more}, key=ids.__getitem__)
    decoder = {str(ids[content]): token(content, special=True) for content in tokens}
    return {**five_config(pad), "added_tokens_decoder": decoder}


def five_config(pad: str | None, **more) -> dict:
    """As transformers 5 writes it."""
    named = {"pad_token": pad} if pad else {}
    plain = {"bos_token": BOS, "eos_token": EOS, "unk_token": EOS, "model_max_length": 77}
    return {**plain, **named, "tokenizer_class": "CLIPTokenizer", **more}


COMBINATIONS = {
    "no other file": {},
    "the published map alone": {MAP: special_map("!")},
    "a map whose pad token is an object": {MAP: special_map(token("!"))},
    "the published configuration alone": {CONFIG: old_config(EOS)},
    "the published configuration and map": {CONFIG: old_config(EOS), MAP: special_map("!")},
    "those of SD 1.x": {CONFIG: old_config(EOS), MAP: special_map(EOS)},
    "an old configuration that names it": {CONFIG: old_config("!")},
    "an old configuration that names it, and a map that names another": {CONFIG: old_config("!"), MAP: special_map(EOS)},
    "a configuration without a pad token, and a map": {CONFIG: old_config(None), MAP: special_map("!")},
    "a configuration with added_tokens_decoder alone": {CONFIG: decoder_config("!")},
    "one with added_tokens_decoder, and a map that names another": {CONFIG: decoder_config("!"), MAP: special_map(EOS)},
    "one with added_tokens_decoder that names none, and a map": {CONFIG: decoder_config(None), MAP: special_map("!")},
    "one with added_tokens_decoder that pads with the closing token": {CONFIG: decoder_config(EOS)},
    "one with added_tokens_decoder and a token of its own": {CONFIG: decoder_config("!", "<new>")},
    "a configuration of transformers 5": {CONFIG: five_config("!", backend="tokenizers")},
    "one of transformers 5 that pads with the closing token": {CONFIG: five_config(EOS, backend="tokenizers")},
    "added_tokens.json": {CONFIG: old_config(EOS), MAP: special_map("!"), "added_tokens.json": ADDED},
}


def case(what: str, files: dict, whole: bool) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        names = ["tokenizer-json/tokenizer.json"] if whole else ["tokenizer/vocab.json", "tokenizer/merges.txt"]
        for name in names:
            shutil.copy(TEXT / "sd2" / name, folder)
        for name, content in files.items():
            Path(folder, name).write_text(json.dumps(content))
        tokenizer = CLIPTokenizer.from_pretrained(folder)
    ids = {
        text: tokenizer(text, padding="max_length", max_length=TOKENS, truncation=True).input_ids for text in PROMPTS
    }
    return {"what": what, "whole": whole, "files": files, "words": len(tokenizer), "ids": ids}


cases = [case(what, files, whole) for whole in (False, True) for what, files in COMBINATIONS.items()]
(TEXT / "tokenizer-files.json").write_text(json.dumps(cases, ensure_ascii=False), encoding="utf-8")
