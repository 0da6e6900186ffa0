// Softmax cross-entropy of rows from the number of their class, and its gradient, each in one pass over the logits.
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel.h"

namespace occlab {
namespace {

// Rows that are worked on together, class by class: a vector holds the same class of many rows.
constexpr int kTile = 64;
constexpr int64_t kChunk = 4096;

// In: logits of the tile, [K][kTile]. Out: exp(logit − highest) in their place, and each row's sum and highest.
FOR_EACH_CPU void softmaxOf(float* tile, int64_t K, float* highest, float* sum) {
  for (int r = 0; r < kTile; r++) highest[r] = tile[r], sum[r] = 0;
  for (int64_t k = 1; k < K; k++)
    for (int r = 0; r < kTile; r++) highest[r] = tile[k * kTile + r] > highest[r] ? tile[k * kTile + r] : highest[r];
  for (int64_t k = 0; k < K; k++)
    for (int r = 0; r < kTile; r++) {
      const float e = exponential(tile[k * kTile + r] - highest[r]);
      tile[k * kTile + r] = e;
      sum[r] += e;
    }
}

// In: what softmaxOf left. Out: the probabilities times scale, as they are to be written.
template <typename T>
FOR_EACH_CPU void scaleTo(const float* tile, int64_t K, const float* scale, T* scaled) {
  for (int64_t k = 0; k < K; k++)
    for (int r = 0; r < kTile; r++) store(tile[k * kTile + r] * scale[r], scaled[k * kTile + r]);
}

// Lanes without a row repeat the last one: their results are not looked at.
template <typename T>
void gather(const T* logits, int64_t K, const int64_t* rows, int count, float* tile) {
  for (int r = 0; r < kTile; r++) {
    const T* row = logits + rows[std::min(r, count - 1)] * K;
    for (int64_t k = 0; k < K; k++) tile[k * kTile + r] = toFloat(row[k]);
  }
}

// Calls each(rows, count, tile) with the tiles of the rows that take part, in order.
template <typename T, typename Takes, typename Each>
void overTiles(const T* logits, int64_t K, int64_t first, int64_t end, const Takes& takes, const Each& each) {
  thread_local std::vector<float> tile;
  tile.resize(K * kTile);
  int64_t rows[kTile];
  for (int64_t row = first; row < end;) {
    int count = 0;
    for (; row < end && count < kTile; row++)
      if (takes(row)) rows[count++] = row;
    if (count == 0) continue;
    gather(logits, K, rows, count, tile.data());
    each(rows, count, tile.data());
  }
}

template <typename T>
void lossOf(const T* logits, const int32_t* labels, const float* counted, int64_t N, int64_t K, float* nats) {
  inChunks((N + kChunk - 1) / kChunk, [=](int64_t chunk) {
    const int64_t first = chunk * kChunk, end = std::min(N, first + kChunk);
    std::fill(nats + first, nats + end, 0.0f);
    const auto takes = [=](int64_t row) {
      return labels[row] >= 0 && labels[row] < K && (!counted || counted[row] != 0);
    };
    overTiles(logits, K, first, end, takes, [=](const int64_t* rows, int count, float* tile) {
      float highest[kTile], sum[kTile];
      softmaxOf(tile, K, highest, sum);
      for (int r = 0; r < count; r++)
        nats[rows[r]] = highest[r] + std::log(sum[r]) - toFloat(logits[rows[r] * K + labels[rows[r]]]);
    });
  });
}

template <typename T>
void gradientOf(const T* logits, const int32_t* labels, const float* dy, int64_t N, int64_t K, T* gradient) {
  inChunks((N + kChunk - 1) / kChunk, [=](int64_t chunk) {
    const int64_t first = chunk * kChunk, end = std::min(N, first + kChunk);
    std::memset(static_cast<void*>(gradient + first * K), 0, (end - first) * K * sizeof(T));
    const auto takes = [=](int64_t row) { return labels[row] >= 0 && labels[row] < K && dy[row] != 0; };
    overTiles(logits, K, first, end, takes, [=](const int64_t* rows, int count, float* tile) {
      float highest[kTile], scale[kTile];
      softmaxOf(tile, K, highest, scale);
      for (int r = 0; r < kTile; r++) scale[r] = dy[rows[std::min(r, count - 1)]] / scale[r];
      thread_local std::vector<T> scaled;
      scaled.resize(K * kTile);
      scaleTo(tile, K, scale, scaled.data());
      for (int r = 0; r < count; r++) {
        T* into = gradient + rows[r] * K;
        for (int64_t k = 0; k < K; k++) into[k] = scaled[k * kTile + r];
        const int32_t label = labels[rows[r]];
        store(tile[label * kTile + r] * scale[r] - dy[rows[r]], into[label]);
      }
    });
  });
}

// logits [N, K], labels [N], counted [N] or [0] → nats [N]
void forward(void*, TF_OpKernelContext* context) {
  Call call(context);
  const int64_t N = call.dim(0, 0), K = call.dim(0, 1);
  if (call.size(1) != N || (call.size(2) != N && call.size(2) != 0)) call.fail("a label and a mark for each row");
  if (call.failed()) return;
  auto* nats = static_cast<float*>(call.allocate(0, {N}, sizeof(float)));
  if (!nats) return;
  const float* counted = call.size(2) == N ? call.in<float>(2) : nullptr;
  if (call.isBf16(0)) lossOf(call.in<Bf16>(0), call.in<int32_t>(1), counted, N, K, nats);
  else lossOf(call.in<float>(0), call.in<int32_t>(1), counted, N, K, nats);
}

// logits [N, K], labels [N], dy [N] → gradient [N, K]; a row whose dy is 0 is not worked out
void backward(void*, TF_OpKernelContext* context) {
  Call call(context);
  const int64_t N = call.dim(0, 0), K = call.dim(0, 1);
  if (call.size(1) != N || call.size(2) != N) call.fail("a label and a gradient for each row");
  if (call.failed()) return;
  void* gradient = call.allocate(0, {N, K}, call.isBf16(0) ? sizeof(Bf16) : sizeof(float));
  if (!gradient) return;
  const auto *labels = call.in<int32_t>(1);
  const auto *dy = call.in<float>(2);
  if (call.isBf16(0)) gradientOf(call.in<Bf16>(0), labels, dy, N, K, static_cast<Bf16*>(gradient));
  else gradientOf(call.in<float>(0), labels, dy, N, K, static_cast<float*>(gradient));
}

template <typename T>
void highestOf(const T* logits, int64_t N, int64_t K, int32_t* classes) {
  inChunks((N + kChunk - 1) / kChunk, [=](int64_t chunk) {
    const int64_t first = chunk * kChunk, end = std::min(N, first + kChunk);
    for (int64_t row = first; row < end; row++) {
      int32_t best = 0;
      float highest = toFloat(logits[row * K]);
      for (int64_t k = 1; k < K; k++) {
        const float logit = toFloat(logits[row * K + k]);
        best = logit > highest ? static_cast<int32_t>(k) : best;
        highest = logit > highest ? logit : highest;
      }
      classes[row] = best;
    }
  });
}

// logits [N, K] → the class with the highest logit in each row, the first of several [N]
void mostLikely(void*, TF_OpKernelContext* context) {
  Call call(context);
  const int64_t N = call.dim(0, 0), K = call.dim(0, 1);
  if (K < 1) return call.fail("a class at least");
  auto* classes = static_cast<int32_t*>(call.allocate(0, {N}, sizeof(int32_t)));
  if (!classes) return;
  if (call.isBf16(0)) highestOf(call.in<Bf16>(0), N, K, classes);
  else highestOf(call.in<float>(0), N, K, classes);
}

}  // namespace

void defineCrossEntropy() {
  define({"OcclabMostLikely", {"T: {float, bfloat16}"}, {"logits: T"}, {"classes: int32"}, nullptr, mostLikely, nullptr});
  define({"OcclabCrossEntropy",
          {"T: {float, bfloat16}"},
          {"logits: T", "labels: int32", "counted: float"},
          {"nats: float"},
          nullptr, forward, nullptr});
  define({"OcclabCrossEntropyGrad",
          {"T: {float, bfloat16}"},
          {"logits: T", "labels: int32", "dy: float"},
          {"gradient: T"},
          nullptr, backward, nullptr});
}

}  // namespace occlab
