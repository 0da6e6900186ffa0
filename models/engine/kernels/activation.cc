// Bias and activation in one pass after a convolution, and both their gradients in one pass before it.
#include <algorithm>
#include <vector>

#include "kernel.h"

namespace occlab {
namespace {

enum Activation { kNone = 0, kElu = 1, kRelu = 2 };
constexpr int64_t kChunks = 64;

template <typename T, int A>
FOR_EACH_CPU void activateRow(const T* x, const float* bias, int64_t C, T* y) {
  for (int64_t c = 0; c < C; c++) {
    const float value = toFloat(x[c]) + bias[c];
    if (A == kNone) store(value, y[c]);
    if (A == kRelu) store(value > 0 ? value : value - value, y[c]);
    if (A == kElu) {
      const float below = exponential(value) - 1.0f;
      store(value > 0 ? value : below, y[c]);
    }
  }
}

// The slope of both activations follows from their value: ELU's is y + 1 below zero.
template <typename T, int A>
FOR_EACH_CPU void gradientRow(const T* y, const T* dy, int64_t C, T* dx, float* dBias) {
  for (int64_t c = 0; c < C; c++) {
    if (A == kNone) {
      dBias[c] += toFloat(dy[c]);
      continue;
    }
    const float value = toFloat(y[c]);
    float slope = 1.0f;
    if (A == kRelu) slope = value > 0 ? 1.0f : 0.0f;
    if (A == kElu) slope = value > 0 ? 1.0f : value + 1.0f;
    const float change = toFloat(dy[c]) * slope;
    store(change, dx[c]);
    dBias[c] += change;
  }
}

template <typename T, int A>
void activate(const T* x, const float* bias, int64_t rows, int64_t C, T* y) {
  inChunks(std::min(kChunks, rows), [=](int64_t chunk) {
    const int64_t chunks = std::min(kChunks, rows);
    for (int64_t row = rows * chunk / chunks; row < rows * (chunk + 1) / chunks; row++)
      activateRow<T, A>(x + row * C, bias, C, y + row * C);
  });
}

template <typename T, int A>
void gradientsOf(const T* y, const T* dy, int64_t rows, int64_t C, T* dx, float* dBias) {
  const int64_t chunks = std::min(kChunks, rows);
  std::vector<float> sums(chunks * C, 0.0f);
  float* all = sums.data();
  inChunks(chunks, [=](int64_t chunk) {
    for (int64_t row = rows * chunk / chunks; row < rows * (chunk + 1) / chunks; row++)
      gradientRow<T, A>(y + row * C, dy + row * C, C, dx + row * C, all + chunk * C);
  });
  std::fill(dBias, dBias + C, 0.0f);
  for (int64_t chunk = 0; chunk < chunks; chunk++)
    for (int64_t c = 0; c < C; c++) dBias[c] += all[chunk * C + c];
}

void* create(TF_OpKernelConstruction* construction) {
  TF_Status* status = TF_NewStatus();
  auto* activation = new int32_t(kNone);
  TF_OpKernelConstruction_GetAttrInt32(construction, "activation", activation, status);
  TF_DeleteStatus(status);
  return activation;
}

void destroy(void* activation) { delete static_cast<int32_t*>(activation); }

int64_t lastDim(Call& call, int input) { return call.dim(input, TF_NumDims(call.tensor(input)) - 1); }

template <typename T>
void forwardAs(Call& call, int32_t activation, void* y) {
  const int64_t C = call.size(1), rows = call.size(0) / C;
  const T* x = call.in<T>(0);
  const float* bias = call.in<float>(1);
  auto* into = static_cast<T*>(y);
  if (activation == kElu) activate<T, kElu>(x, bias, rows, C, into);
  else if (activation == kRelu) activate<T, kRelu>(x, bias, rows, C, into);
  else activate<T, kNone>(x, bias, rows, C, into);
}

// x […, C], bias [C] → y like x
void forward(void* activation, TF_OpKernelContext* context) {
  Call call(context);
  if (call.size(1) != lastDim(call, 0)) return call.fail("a bias for each channel");
  void* y = call.allocateLike(0, 0, call.isBf16(0) ? sizeof(Bf16) : sizeof(float));
  if (!y) return;
  if (call.isBf16(0)) forwardAs<Bf16>(call, *static_cast<int32_t*>(activation), y);
  else forwardAs<float>(call, *static_cast<int32_t*>(activation), y);
}

template <typename T>
void backwardAs(Call& call, int32_t activation, int64_t C, void* dx, float* dBias) {
  const T *y = call.in<T>(0), *dy = call.in<T>(1);
  const int64_t rows = call.size(0) / C;
  auto* into = static_cast<T*>(dx);
  if (activation == kElu) gradientsOf<T, kElu>(y, dy, rows, C, into, dBias);
  else if (activation == kRelu) gradientsOf<T, kRelu>(y, dy, rows, C, into, dBias);
  else gradientsOf<T, kNone>(y, dy, rows, C, into, dBias);
}

// y […, C], dy like y → dx like y (nothing where there is no activation: it is dy), dBias [C]
void backward(void* activation, TF_OpKernelContext* context) {
  Call call(context);
  if (call.size(0) != call.size(1)) return call.fail("a gradient for each value");
  const int64_t C = lastDim(call, 0);
  void* dx = *static_cast<int32_t*>(activation) == kNone ? call.allocate(0, {0}, 2) : call.allocateLike(0, 0, call.isBf16(0) ? sizeof(Bf16) : sizeof(float));
  auto* dBias = static_cast<float*>(call.allocate(1, {C}, sizeof(float)));
  if (!dx || !dBias) return;
  if (call.isBf16(0)) backwardAs<Bf16>(call, *static_cast<int32_t*>(activation), C, dx, dBias);
  else backwardAs<float>(call, *static_cast<int32_t*>(activation), C, dx, dBias);
}

}  // namespace

void defineActivation() {
  define({"OcclabBiasActivation",
          {"T: {float, bfloat16}", "activation: int"},
          {"x: T", "bias: float"},
          {"y: T"},
          create, forward, destroy});
  define({"OcclabBiasActivationGrad",
          {"T: {float, bfloat16}", "activation: int"},
          {"y: T", "dy: T"},
          {"dx: T", "d_bias: float"},
          create, backward, destroy});
}

}  // namespace occlab
