"""A vector-quantised tokenizer of the shape that OccWorld describes (https://arxiv.org/abs/2311.16038, §3.2 and its
published settings): class embedding of 8, height folded into 128 channels at full resolution, a residual encoder of
64×(1, 2, 4) channels with two blocks a level and attention at the coarsest, a map of 50×50×128, 512 codes, and the
encoder's mirror image as decoder. Written from the paper's description; 14 million parameters."""

import torch
import torch.nn.functional as F
from torch import nn


def normalised(channels):
    return nn.GroupNorm(32, channels, eps=1e-6)


class Residual(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.norms = nn.ModuleList([normalised(inputs), normalised(outputs)])
        self.convs = nn.ModuleList([nn.Conv2d(inputs, outputs, 3, padding=1), nn.Conv2d(outputs, outputs, 3, padding=1)])
        self.skip = nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, 1)

    def forward(self, x):
        hidden = self.convs[0](F.silu(self.norms[0](x)))
        return self.skip(x) + self.convs[1](F.silu(self.norms[1](hidden)))


class Attention(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm = normalised(channels)
        self.qkv, self.out = nn.Conv2d(channels, 3 * channels, 1), nn.Conv2d(channels, channels, 1)

    def forward(self, x):
        B, c, h, w = x.shape
        q, k, v = (part.flatten(2).transpose(1, 2) for part in self.qkv(self.norm(x)).chunk(3, dim=1))
        mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(B, c, h, w)
        return x + self.out(mixed)


class Upsample(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


def level(inputs, outputs, blocks, attends):
    layers = []
    for i in range(blocks):
        layers.append(Residual(inputs if i == 0 else outputs, outputs))
        if attends:
            layers.append(Attention(outputs))
    return layers


def middle(channels):
    return [Residual(channels, channels), Attention(channels), Residual(channels, channels)]


class OccWorldVq(nn.Module):
    def __init__(self, Z, class_weights, prior_shift=0.0):
        super().__init__()
        base, multiples, blocks, embedding, channels, codes = 64, (1, 2, 4), 2, 8, 128, 512
        K, widths = len(class_weights), [base * m for m in multiples]
        self.Z, self.e = Z, embedding
        # The last row stands for a voxel that nothing observed, as in occlab's own models.
        self.embedding = nn.Embedding(K + 1, embedding)
        encoder = [nn.Conv2d(Z * embedding, base, 3, padding=1)]
        for i, width in enumerate(widths):
            encoder += level(widths[max(i - 1, 0)], width, blocks, i == len(widths) - 1)
            if i < len(widths) - 1:
                encoder.append(nn.Conv2d(width, width, 3, stride=2, padding=1))
        encoder += [*middle(widths[-1]), normalised(widths[-1]), nn.SiLU(), nn.Conv2d(widths[-1], channels, 3, padding=1)]
        decoder = [nn.Conv2d(channels, widths[-1], 3, padding=1), *middle(widths[-1])]
        for i, width in reversed(list(enumerate(widths))):
            decoder += level(widths[min(i + 1, len(widths) - 1)], width, blocks + 1, i == len(widths) - 1)
            if i > 0:
                decoder.append(Upsample(width))
        decoder += [normalised(base), nn.SiLU(), nn.Conv2d(base, Z * embedding, 3, padding=1)]
        self.encoder, self.decoder = nn.Sequential(*encoder), nn.Sequential(*decoder)
        self.codebook = nn.Embedding(codes, channels)
        nn.init.uniform_(self.codebook.weight, -1 / codes, 1 / codes)
        self.register_buffer("class_weights", torch.tensor(class_weights))
        # As in occlab's decoding: a part of what the weighted loss adds is taken back.
        self.register_buffer("shift", prior_shift * self.class_weights.log())

    def quantised(self, z):
        """The nearest code of each place, and the codebook's and the commitment loss (van den Oord et al. 2017,
        https://arxiv.org/abs/1711.00937, eq. 3)."""
        rows = z.permute(0, 2, 3, 1).float()
        codes = self.codebook.weight.float()
        distances = rows.square().sum(-1, keepdim=True) - 2 * rows @ codes.t() + codes.square().sum(1)
        nearest = self.codebook(distances.argmin(-1))
        loss = F.mse_loss(nearest, rows.detach()) + 0.25 * F.mse_loss(rows, nearest.detach())
        return (rows + (nearest - rows).detach()).permute(0, 3, 1, 2), loss

    def logits(self, semantics, observed):
        unknown = self.embedding.num_embeddings - 1
        embedded = self.embedding(torch.where(observed != 0, semantics, unknown))
        B, X, Y, _, _ = embedded.shape
        z = self.encoder(embedded.reshape(B, X, Y, -1).permute(0, 3, 1, 2))
        code, loss = self.quantised(z)
        features = self.decoder(code).permute(0, 2, 3, 1).reshape(-1, self.e)
        # A voxel is of the class whose embedding its features are most like.
        return features @ self.embedding.weight[:unknown].t(), loss

    def seen(self, observed):
        """Numbers of the observed voxels: the loss looks at no others."""
        return observed.reshape(-1).nonzero().squeeze(1)

    def loss(self, semantics, observed, seen):
        logits, quantisation = self.logits(semantics, observed)
        labels = semantics.reshape(-1)[seen]
        weights = self.class_weights[labels]
        nats = F.cross_entropy(logits[seen].float(), labels, reduction="none")
        return (nats * weights).sum() / weights.sum() + quantisation

    def predict(self, semantics, observed):
        return (self.logits(semantics, observed)[0] - self.shift).argmax(1)
