#!/usr/bin/env bash
# torch 2.14.1 (CPU): a product of the Hessian of a squared error with a vector, forward over reverse as the docs of
# torch.func show it (jvp of grad), raises "ZeroTensors are immutable" where the loss is F.mse_loss with targets that are
# constant, and works where the same loss is written (x @ w - y).square().mean(). Reverse over reverse (vjp of grad) works
# for both. Who measures the curvature of a regression meets it at once; cross_entropy does not show it.
# Seen: "square: a product; mse_loss: RuntimeError: ZeroTensors are immutable...; cross_entropy: a product; mse_loss,
# reverse over reverse: a product". Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "torch==2.14.1" numpy
cat > "$folder/products.py" <<'PYTHON'
import torch
import torch.nn.functional as F
from torch.func import grad, jvp, vjp

torch.manual_seed(0)
inputs, targets, labels = torch.randn(5, 3), torch.randn(5), torch.randint(2, (5,))
vector = torch.ones(3)
losses = {
    "square": lambda w: (inputs @ w - targets).square().mean(),
    "mse_loss": lambda w: F.mse_loss(inputs @ w, targets),
    "cross_entropy": lambda w: F.cross_entropy(torch.stack([inputs @ w, -(inputs @ w)], dim=1), labels),
}


def forward_over_reverse(loss, w):
    return jvp(grad(loss), (w,), (vector,))[1]


def reverse_over_reverse(loss, w):
    return vjp(grad(loss), w)[1](vector)[0]


def said(product, loss):
    try:
        return "a product" if product(losses[loss], torch.randn(3)).shape == (3,) else "no product"
    except RuntimeError as error:
        return f"RuntimeError: {str(error)[:26]}..."


seen = [f"{loss}: {said(forward_over_reverse, loss)}" for loss in losses]
seen.append(f"mse_loss, reverse over reverse: {said(reverse_over_reverse, 'mse_loss')}")
print("; ".join(seen))
expected = "square: a product; mse_loss: RuntimeError: ZeroTensors are immutable....; cross_entropy: a product; "
raise SystemExit("; ".join(seen) != expected + "mse_loss, reverse over reverse: a product")
PYTHON
"$folder/venv/bin/python" "$folder/products.py"
