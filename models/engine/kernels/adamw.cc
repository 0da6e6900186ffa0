// One step of AdamW over all parameters: every value is read and written once.
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel.h"

namespace occlab {
namespace {

constexpr int64_t kChunk = 16384;
constexpr int kMostTensors = 256;

struct Factors {
  float beta1, beta2, gradientScale, rate, squareScale, epsilon, decay;
};

FOR_EACH_CPU void stepOf(const Factors& f, const float* w, const float* g, const float* m, const float* v, int64_t n,
                         float* w2, float* m2, float* v2) {
  for (int64_t i = 0; i < n; i++) {
    const float gradient = g[i] * f.gradientScale;
    const float mean = f.beta1 * m[i] + (1 - f.beta1) * gradient;
    const float square = f.beta2 * v[i] + (1 - f.beta2) * gradient * gradient;
    m2[i] = mean;
    v2[i] = square;
    w2[i] = w[i] - f.decay * w[i] - f.rate * mean / (__builtin_sqrtf(square) * f.squareScale + f.epsilon);
  }
}

struct Piece {
  int tensor;
  int64_t within, at, count;
};

// weights N × […], gradient [P], mean [P], square [P], rates [N], decays [N], factors [7] → changed N × […], mean [P], square [P]
void compute(void*, TF_OpKernelContext* context) {
  Call call(context);
  const int N = TF_NumInputs(context) - 6;
  if (N > kMostTensors) return call.fail("too many parameters");
  const int64_t P = call.size(N);
  if (call.size(N + 1) != P || call.size(N + 2) != P || call.size(N + 3) != N ||
      call.size(N + 4) != N || call.size(N + 5) != 7)
    return call.fail("moments, rates, decays and factors that fit");
  std::vector<Piece> pieces;
  std::vector<float*> changed(N);
  int64_t at = 0;
  for (int n = 0; n < N; n++) {
    const int64_t size = call.size(n);
    for (int64_t within = 0; within < size; within += kChunk)
      pieces.push_back({n, within, at + within, std::min(kChunk, size - within)});
    at += size;
    changed[n] = static_cast<float*>(call.allocateLike(n, n, sizeof(float)));
    if (!changed[n]) return;
  }
  if (at != P) return call.fail("a gradient for each weight");
  auto* mean = static_cast<float*>(call.allocate(N, {P}, sizeof(float)));
  auto* square = static_cast<float*>(call.allocate(N + 1, {P}, sizeof(float)));
  if (!mean || !square) return;
  const float *given = call.in<float>(N + 5), *rates = call.in<float>(N + 3), *decays = call.in<float>(N + 4);
  inChunks(pieces.size(), [&](int64_t number) {
    const Piece& piece = pieces[number];
    const float rate = given[3] * rates[piece.tensor], decay = given[6] * decays[piece.tensor];
    const Factors f{given[0], given[1], given[2], rate, given[4], given[5], decay};
    const float* w = static_cast<const float*>(TF_TensorData(call.tensor(piece.tensor))) + piece.within;
    stepOf(f, w, call.in<float>(N) + piece.at, call.in<float>(N + 1) + piece.at, call.in<float>(N + 2) + piece.at,
           piece.count, changed[piece.tensor] + piece.within, mean + piece.at, square + piece.at);
  });
}

}  // namespace

void defineAdamW() {
  define({"OcclabAdamW",
          {"N: int >= 1"},
          {"weights: N * float", "gradient: float", "mean: float", "square: float", "rates: float", "decays: float",
           "factors: float"},
          {"changed: N * float", "next_mean: float", "next_square: float"},
          nullptr, compute, nullptr});
}

}  // namespace occlab
