"""Writes small Stable Diffusion text encoders and tokenizers with the results of transformers.

    python test/parity/make-text.py

Output: daemon/test/fixtures/text/{sd1,sd2}/{tokenizer,text_encoder}, prompts.json and parity.safetensors.
sd1 is CLIP-L-like: quick_gelu, fp16 weights under the published names, padded with <|endoftext|>.
sd2 is OpenCLIP-H-like: gelu, fp32 weights under the names of transformers 5, padded with "!".
"""

import collections
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

OUT = Path(__file__).parents[2] / "daemon/test/fixtures/text"
TOKENS = 77
BOS, EOS = "<|startoftext|>", "<|endoftext|>"

CORPUS = (
    "a photo of a cat a photo of a dog a photo of the button in the settings menu of an old phone with "
    "caffè naïve über straße привет мир 猫 犬 don't won't it's they're we've i'll she'd i'm "
    "the quick brown fox jumps over the lazy dog 0 1 2 3 4 5 6 7 8 9 photograph photography "
    "sign in sign up log out cancel continue search profile picture ... !!! ?! -- :) "
) * 3

PROMPTS = [
    "",
    "a photo of a cat",
    "A Photo, of a CAT!",
    "wow!!! really?! ...yes -- (maybe) [no] {ok} #1 @home 50% \"quoted\" 'single' a/b\\c",
    "don't won't it's they're we've I'll she'd I'm DON'T rock'n'roll 'tis",
    "caffè naïve Über Straße ÅNGSTRÖM e\u0301te\u0301 İstanbul ΣΊΣΥΦΟΣ",
    "привет, МИР 猫 and 犬 猫犬 こんにちは 한국어",
    "emoji 🎉 👩‍👩‍👧‍👦 ☕️ 🇫🇷 ok",
    "2024 3.14159 1,000 v2.1 x² ½ ⅷ ٣",
    "  spaces\tand\nlines   everywhere\u00a0here\u3000too \u200bzero ",
    "a & b < c > d * e = f + g ~ h ^ i | j ` k",
    "literal <|endoftext|> inside and <|startoftext|> too",
    "snake_case camelCase kebab-case _under_ __init__",
    "ctrl\u0007char nul\u0000 end",
    "!",
    "! a !b c! !!",
    "the quick brown fox jumps over the lazy dog " * 8,
    "naïve " * 60,
    "dog " * 75,
    "dog " * 76,
]


def byte_alphabet() -> list[str]:
    """The characters that stand for the 256 bytes, in GPT-2's and CLIP's order."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in printable]
    return [chr(byte) for byte in printable] + [chr(256 + i) for i in range(len(others))]


def learn_merges(count: int) -> list[tuple[str, str]]:
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    order = printable + [byte for byte in range(256) if byte not in printable]
    symbol = dict(zip(order, byte_alphabet()))
    words = collections.Counter(CORPUS.split())
    split = {word: [*(symbol[byte] for byte in word.encode())] for word in words}
    for parts in split.values():
        parts[-1] += "</w>"
    merges = []
    for _ in range(count):
        pairs = collections.Counter()
        for word, parts in split.items():
            for pair in zip(parts, parts[1:]):
                pairs[pair] += words[word]
        if not pairs:
            break
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        for parts in split.values():
            i = 0
            while i < len(parts) - 1:
                if (parts[i], parts[i + 1]) == best:
                    parts[i : i + 2] = ["".join(best)]
                i += 1
    return merges


def write_tokenizer(folder: Path, pad: str) -> int:
    """The files of the published tokenizers: no tokenizer.json, and the pad token of SD 2.x only in the map."""
    folder.mkdir(parents=True)
    merges = learn_merges(220)
    alphabet = byte_alphabet()
    words = [*alphabet, *(char + "</w>" for char in alphabet), *("".join(pair) for pair in merges), BOS, EOS]
    vocabulary = {word: i for i, word in enumerate(dict.fromkeys(words))}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    lines = ["#version: 0.2", *(" ".join(pair) for pair in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def token(content: str) -> dict:
        return {"content": content, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}

    special = {"bos_token": token(BOS), "eos_token": token(EOS), "pad_token": pad, "unk_token": token(EOS)}
    (folder / "special_tokens_map.json").write_text(json.dumps(special))
    config = {
        "add_prefix_space": False,
        "bos_token": {"__type": "AddedToken", **token(BOS)},
        "do_lower_case": True,
        "eos_token": {"__type": "AddedToken", **token(EOS)},
        "errors": "replace",
        "model_max_length": TOKENS,
        "pad_token": EOS,
        "tokenizer_class": "CLIPTokenizer",
        "unk_token": {"__type": "AddedToken", **token(EOS)},
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return len(vocabulary)


def randomise(model: torch.nn.Module, seed: int) -> None:
    """Every tensor matters: matrices keep the scale of their input, norms and biases differ from 1 and 0."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if "embedding" in name:
            parameter.data = noise
        elif parameter.dim() == 2:
            parameter.data = noise * 1.5 / parameter.shape[1] ** 0.5
        elif name.endswith("norm.weight") or "norm1.weight" in name or "norm2.weight" in name:
            parameter.data = 1 + 0.3 * noise
        else:
            parameter.data = 0.3 * noise


def make(name: str, pad: str, seed: int, half: bool, **config) -> None:
    folder = OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    words = write_tokenizer(folder / "tokenizer", pad)
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    model = CLIPTextModel(CLIPTextConfig(vocab_size=words, bos_token_id=words - 2, eos_token_id=words - 1, **config))
    randomise(model.eval(), seed)
    model.save_pretrained(folder / "text_encoder")
    if half:
        model.half().float()
        weights = {f"text_model.{key}": value.half().contiguous() for key, value in model.state_dict().items()}
        save_file(weights, folder / "text_encoder/model.safetensors", metadata={"format": "pt"})

    prompts, states = [], {}
    for i, text in enumerate(PROMPTS):
        ids = tokenizer(text, padding="max_length", max_length=TOKENS, truncation=True).input_ids
        prompts.append({"text": text, "ids": ids, "untruncated": len(tokenizer(text).input_ids)})
        if i < 5:
            with torch.no_grad():
                states[f"states_{i}"] = model(torch.tensor([ids])).last_hidden_state.contiguous()
    (folder / "prompts.json").write_text(json.dumps(prompts, ensure_ascii=False), encoding="utf-8")
    save_file(states, folder / "parity.safetensors")
    # the single file that transformers 5 saves
    tokenizer.save_pretrained(folder / "tokenizer-json")


if __name__ == "__main__":
    make(
        "sd1",
        EOS,
        seed=1,
        half=True,
        hidden_size=48,
        intermediate_size=192,
        num_hidden_layers=3,
        num_attention_heads=4,
        hidden_act="quick_gelu",
    )
    make(
        "sd2",
        "!",
        seed=2,
        half=False,
        hidden_size=64,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=2,
        hidden_act="gelu",
    )
