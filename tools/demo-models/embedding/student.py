"""The student: the teacher's width with fewer layers and fewer pieces. It starts from the teacher's own weights."""

import json

import torch
from transformers import BertConfig, BertModel

from teacher import FOLDER, teacher_tokenizer

POSITIONS = 128


def student_config(pieces, layers):
    """The teacher's config.json with the student's changes. It has no dropout, since there are plenty of training texts."""
    return json.loads((FOLDER / "config.json").read_text()) | {
        "vocab_size": pieces,
        "num_hidden_layers": layers,
        "max_position_embeddings": POSITIONS,
        "hidden_dropout_prob": 0,
        "attention_probs_dropout_prob": 0,
    }


def from_teacher(tokenizer, layers):
    """A student with `layers` of the teacher, and the embedding's rows for the tokenizer's pieces."""
    theirs = teacher_tokenizer().token_to_id
    rows = [theirs(tokenizer.id_to_token(index)) for index in range(tokenizer.get_vocab_size())]
    source = BertModel.from_pretrained(FOLDER)
    student = BertModel(BertConfig(**student_config(len(rows), len(layers))))
    weights = {name: tensor for name, tensor in source.state_dict().items() if not name.startswith("encoder.")}
    weights["embeddings.word_embeddings.weight"] = weights["embeddings.word_embeddings.weight"][rows]
    weights["embeddings.position_embeddings.weight"] = weights["embeddings.position_embeddings.weight"][:POSITIONS]
    student.load_state_dict(weights, strict=False)
    for own, their in zip(student.encoder.layer, layers):
        own.load_state_dict(source.encoder.layer[their].state_dict())
    return student


def embed(model, ids, mask):
    """Unit vectors [texts, 384]: the mean of the last states of a text's tokens."""
    states = model(input_ids=ids, attention_mask=mask).last_hidden_state.float()
    return torch.nn.functional.normalize((states * mask[..., None]).sum(1), dim=1)
