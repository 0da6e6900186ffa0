"""Occlab's spatial VAE (models/latent/vae.ts) in PyTorch: same layers, same loss, same optimiser. Tensors are
channels-last, 1×1 convolutions are matrix products: the fastest that PyTorch offers for it on a processor."""

import torch
import torch.nn.functional as F
from torch import nn


class Conv3(nn.Conv2d):
    def __init__(self, inputs, outputs, gain=1.0):
        super().__init__(inputs, outputs, 3, padding=1)
        nn.init.normal_(self.weight, std=gain * (2 / (9 * inputs)) ** 0.5)
        nn.init.zeros_(self.bias)


class Pointwise(nn.Linear):
    """A 1×1 convolution of [B, c, h, w] that lies in memory as [B, h, w, c]."""

    def __init__(self, inputs, outputs, gain=1.0):
        super().__init__(inputs, outputs)
        nn.init.normal_(self.weight, std=gain * (2 / inputs) ** 0.5)
        nn.init.zeros_(self.bias)

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first, self.second = Conv3(width, width), Conv3(width, width, gain=0.0)

    def forward(self, x):
        return x + self.second(F.elu(self.first(F.elu(x))))


def to_patches(grid, p):
    """[B, X, Y, n] to [B, X/p, Y/p, p·p·n]."""
    B, X, Y, n = grid.shape
    split = grid.reshape(B, X // p, p, Y // p, p, n)
    return split.permute(0, 1, 3, 2, 4, 5).reshape(B, X // p, Y // p, p * p * n)


class SpatialVae(nn.Module):
    def __init__(self, config, class_weights):
        super().__init__()
        self.config = config
        K, d, c, f = len(class_weights), config["width"], config["channels"], config["voxelFeatures"]
        n = config["patch"] ** 2 * config["Z"]
        self.embedding = nn.Embedding(K + 1, config["embedding"])
        self.stem = Pointwise(n * config["embedding"], d)
        self.encoder = nn.Sequential(*[Block(d) for _ in range(config["encoderBlocks"])])
        self.moments = Pointwise(d, 2 * c, gain=0.5)
        self.from_latent = Conv3(c, d)
        self.decoder = nn.Sequential(*[Block(d) for _ in range(config["decoderBlocks"])])
        self.voxels = Pointwise(d, n * f)
        self.classes = nn.Linear(f, K)
        self.register_buffer("class_weights", torch.tensor(class_weights))
        nn.init.constant_(self.moments.bias[c:], -4.0)

    def rate_share(self, name):
        """Share of the learning rate of a parameter (`fullRateFanIn` of occlab's AdamW)."""
        weight, full = self.get_parameter(name), self.config["fullRateFanIn"]
        is_table = weight.dim() < 2 or weight is self.embedding.weight
        return 1.0 if is_table or full == 0 else min(1.0, full / weight[0].numel())

    def encode(self, semantics, observed):
        """Mean and log variance, [B, c, h, w]; semantics and observed int64 [B, X, Y, Z]."""
        unknown = self.embedding.num_embeddings - 1
        ids = to_patches(torch.where(observed != 0, semantics, unknown), self.config["patch"])
        B, h, w, _ = ids.shape
        cells = self.embedding(ids).reshape(B, h, w, -1).permute(0, 3, 1, 2)
        hidden = self.encoder(self.stem(cells))
        mean, log_variance = self.moments(F.elu(hidden)).chunk(2, dim=1)
        return mean, log_variance.float().clamp(-12, 6)

    def decode(self, z):
        """Logits in patch order, [B·V, K]."""
        hidden = self.decoder(self.from_latent(z))
        voxels = F.elu(self.voxels(F.elu(hidden)))
        return self.classes(voxels.permute(0, 2, 3, 1).reshape(-1, self.config["voxelFeatures"]))

    def seen(self, observed):
        """Numbers of the observed voxels in patch order: the loss looks at no others."""
        return to_patches(observed, self.config["patch"]).reshape(-1).nonzero().squeeze(1)

    def loss(self, semantics, observed, seen):
        config = self.config
        mean, log_variance = self.encode(semantics, observed)
        mean = mean.float()
        logits = self.decode(mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean))
        labels = to_patches(semantics, config["patch"]).reshape(-1)[seen]
        weights = self.class_weights[labels]
        nats = F.cross_entropy(logits[seen].float(), labels, reduction="none")
        recon = (nats * weights).sum() / weights.sum()
        kl = 0.5 * (mean.square() + log_variance.exp() - log_variance - 1)
        charged = kl.mean(dim=(0, 2, 3)).clamp(min=config["freeBits"]).sum()
        return recon + config["beta"] * charged * kl.shape[2] * kl.shape[3] / semantics[0].numel()

    def predict(self, semantics, observed):
        """The most likely class of each voxel in patch order, [B·V]."""
        shift = self.config["priorShift"] * self.class_weights.log()
        return (self.decode(self.encode(semantics, observed)[0].float()) - shift).argmax(1)
