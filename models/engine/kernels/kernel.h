// What the kernels share: threads, bfloat16, and the C interface of TensorFlow in fewer words.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <initializer_list>

#include "kernelApi.h"

// One binary serves every processor: the loader picks the widest variant that this one runs.
#if !defined(__x86_64__) || !defined(__gnu_linux__) || defined(__clang__)
#define FOR_EACH_CPU
#elif __GNUC__ >= 12
#define FOR_EACH_CPU __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
// GCC 11, that of Ubuntu 22.04, chooses among features only.
#define FOR_EACH_CPU __attribute__((target_clones("default", "avx2", "avx512f")))
#endif
#define INLINE inline __attribute__((always_inline))

namespace occlab {

// Calls work(0) … work(count − 1) on all threads. What is a chunk must not depend on the number of threads: then sums
// over chunks, taken in their order, do not either.
void inChunks(int64_t count, const std::function<void(int64_t)>& work);

struct Bf16 {
  uint16_t bits;
};

INLINE float toFloat(float value) { return value; }

INLINE float toFloat(Bf16 value) {
  const uint32_t bits = static_cast<uint32_t>(value.bits) << 16;
  float result;
  std::memcpy(&result, &bits, sizeof result);
  return result;
}

INLINE void store(float value, float& into) { into = value; }

// Rounded to nearest, ties to even; NaN stays NaN.
INLINE void store(float value, Bf16& into) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  const uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  into.bits = static_cast<uint16_t>(value == value ? rounded : 0x7fc0);
}

// eˣ to about 2 units in the last place (a polynomial of degree 6 after taking multiples of ln 2 off), without a
// branch, so that the compiler makes vectors of it. Below −87 it is e⁻⁸⁷; NaN stays NaN.
INLINE float exponential(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  // Adding and taking off 1.5·2²³ rounds to a whole number.
  const float whole = (x * 1.44269504f + 12582912.0f) - 12582912.0f;
  const float rest = (x - whole * 0.693359375f) + whole * 2.12194440e-4f;
  float p = 1.0f / 720;
  p = p * rest + 1.0f / 120;
  p = p * rest + 1.0f / 24;
  p = p * rest + 1.0f / 6;
  p = p * rest + 0.5f;
  p = p * rest + 1.0f;
  p = p * rest + 1.0f;
  const int32_t bits = (static_cast<int32_t>(whole) + 127) << 23;
  float scale;
  std::memcpy(&scale, &bits, sizeof scale);
  return p * scale;
}

// One call of a kernel. After a failure every method is harmless; the engine reports the failure.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context);
  ~Call();
  Call(const Call&) = delete;

  bool failed() const;
  void fail(const char* why);
  TF_Tensor* tensor(int input);
  int64_t dim(int input, int axis);
  int64_t size(int input);
  bool isBf16(int input);
  template <typename T>
  const T* in(int input) {
    return static_cast<const T*>(data(input));
  }
  // A new tensor for an output, of the type that the op's definition gives it; null after a failure.
  void* allocate(int output, std::initializer_list<int64_t> shape, size_t bytesEach);
  void* allocateLike(int output, int input, size_t bytesEach);

 private:
  const void* data(int input);
  TF_OpKernelContext* context;
  TF_Status* status;
  TF_Tensor* inputs[3 * 256] = {};
  bool hasFailed = false;
};

// Defines an op and its kernel on the processor. Specs are those of REGISTER_OP. Throws std::runtime_error.
struct Op {
  const char* name;
  std::initializer_list<const char*> attributes, inputs, outputs;
  void* (*create)(TF_OpKernelConstruction*);
  void (*compute)(void*, TF_OpKernelContext*);
  void (*destroy)(void*);
};
void define(const Op& op);

void defineCrossEntropy();
void defineActivation();
void defineEmbedding();
void defineAdamW();

}  // namespace occlab
