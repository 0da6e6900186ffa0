// Voxels to the channels of their cells: unobserved ones become a class of their own, each class a row of a table, each
// square of columns one cell. One pass instead of four transposed copies and a one-hot matrix.
#include <algorithm>
#include <atomic>
#include <vector>

#include "kernel.h"

namespace occlab {
namespace {

constexpr const char* kNoRow = "a class that the table has no row for";

struct Cut {
  int64_t B, X, Y, Z, patch, classes, e;
  int64_t stripes() const { return B * (X / patch); }
  int64_t channels() const { return patch * patch * Z; }
};

// The rows of the table for a run of voxels; returns whether the table has them all.
FOR_EACH_CPU bool rowsOf(const int32_t* semantics, const int32_t* observed, int64_t count, int32_t classes, int32_t* rows) {
  int32_t wrong = 0;
  for (int64_t v = 0; v < count; v++) {
    // All ones where the voxel was observed: without a branch the compiler makes vectors of it.
    const int32_t seen = -static_cast<int32_t>(observed[v] != 0);
    rows[v] = (semantics[v] & seen) | ((classes - 1) & ~seen);
    wrong |= rows[v] | (classes - 1 - rows[v]);
  }
  return wrong >= 0;
}

// Calls each(rows, count, place) with the rows of one run of voxels after the other; `place` counts the voxels in patch
// order. A stripe is one row of cells. Returns false at a class that the table has no row for.
template <typename Each>
bool overStripe(const Cut& cut, const int32_t* semantics, const int32_t* observed, int64_t stripe, const Each& each) {
  thread_local std::vector<int32_t> rows;
  const int64_t w = cut.Y / cut.patch, run = cut.patch * cut.Z;
  rows.resize(run);
  int64_t place = stripe * w * cut.channels();
  for (int64_t j = 0; j < w; j++)
    for (int64_t dx = 0; dx < cut.patch; dx++, place += run) {
      const int64_t from = ((stripe * cut.patch + dx) * cut.Y + j * cut.patch) * cut.Z;
      if (!rowsOf(semantics + from, observed + from, run, static_cast<int32_t>(cut.classes), rows.data())) return false;
      each(rows.data(), run, place);
    }
  return true;
}

// `Bytes` of a row, or 0 for any.
template <int Bytes>
void copyRows(const int32_t* rows, int64_t count, const char* table, int64_t bytes, char* into) {
  const int64_t each = Bytes > 0 ? Bytes : bytes;
  for (int64_t v = 0; v < count; v++) std::memcpy(into + v * each, table + rows[v] * each, each);
}

template <typename T>
bool embed(const Cut& cut, const int32_t* semantics, const int32_t* observed, const float* table, T* cells) {
  std::vector<T> values(cut.classes * cut.e);
  for (size_t i = 0; i < values.size(); i++) store(table[i], values[i]);
  const char* from = reinterpret_cast<const char*>(values.data());
  const int64_t bytes = cut.e * sizeof(T);
  std::atomic<bool> fits{true};
  inChunks(cut.stripes(), [&](int64_t stripe) {
    const bool good = overStripe(cut, semantics, observed, stripe, [&](const int32_t* rows, int64_t count, int64_t place) {
      char* into = reinterpret_cast<char*>(cells + place * cut.e);
      if (bytes == 16) copyRows<16>(rows, count, from, bytes, into);
      else if (bytes == 24) copyRows<24>(rows, count, from, bytes, into);
      else if (bytes == 32) copyRows<32>(rows, count, from, bytes, into);
      else copyRows<0>(rows, count, from, bytes, into);
    });
    if (!good) fits = false;
  });
  return fits;
}

template <typename T, int E>
FOR_EACH_CPU void sumRows(const int32_t* rows, int64_t count, const T* dCells, int64_t e, float* sums) {
  const int64_t width = E > 0 ? E : e;
  for (int64_t v = 0; v < count; v++)
    for (int64_t i = 0; i < width; i++) sums[rows[v] * width + i] += toFloat(dCells[v * width + i]);
}

template <typename T>
bool embedGradient(const Cut& cut, const int32_t* semantics, const int32_t* observed, const T* dCells, float* dTable) {
  const int64_t size = cut.classes * cut.e, e = cut.e;
  std::vector<float> parts(cut.stripes() * size, 0.0f);
  std::atomic<bool> fits{true};
  inChunks(cut.stripes(), [&](int64_t stripe) {
    float* sums = parts.data() + stripe * size;
    const bool good = overStripe(cut, semantics, observed, stripe, [&](const int32_t* rows, int64_t count, int64_t place) {
      if (e == 8) sumRows<T, 8>(rows, count, dCells + place * e, e, sums);
      else if (e == 16) sumRows<T, 16>(rows, count, dCells + place * e, e, sums);
      else sumRows<T, 0>(rows, count, dCells + place * e, e, sums);
    });
    if (!good) fits = false;
  });
  std::fill(dTable, dTable + size, 0.0f);
  for (int64_t stripe = 0; stripe < cut.stripes(); stripe++)
    for (int64_t i = 0; i < size; i++) dTable[i] += parts[stripe * size + i];
  return fits;
}

void* create(TF_OpKernelConstruction* construction) {
  TF_Status* status = TF_NewStatus();
  auto* patch = new int32_t(1);
  TF_OpKernelConstruction_GetAttrInt32(construction, "patch", patch, status);
  TF_DeleteStatus(status);
  return patch;
}

void destroy(void* patch) { delete static_cast<int32_t*>(patch); }

bool readCut(Call& call, int64_t patch, int64_t classes, int64_t e, Cut& cut) {
  cut = {call.dim(0, 0), call.dim(0, 1), call.dim(0, 2), call.dim(0, 3), patch, classes, e};
  if (patch < 1 || cut.X % patch || cut.Y % patch || call.size(0) != call.size(1)) call.fail("cells do not divide the grid");
  return !call.failed();
}

// semantics, observed [B, X, Y, Z], table [K + 1, e] → cells [B, X / p, Y / p, p·p·Z·e]
void forward(void* patch, TF_OpKernelContext* context) {
  Call call(context);
  Cut cut;
  const int64_t p = *static_cast<int32_t*>(patch);
  if (!readCut(call, p, call.dim(2, 0), call.dim(2, 1), cut)) return;
  const bool half = TF_ExpectedOutputDataType(context, 0) == TF_BFLOAT16;
  void* cells = call.allocate(0, {cut.B, cut.X / p, cut.Y / p, cut.channels() * cut.e}, half ? 2 : 4);
  if (!cells) return;
  const int32_t *semantics = call.in<int32_t>(0), *observed = call.in<int32_t>(1);
  const float* table = call.in<float>(2);
  const bool fits = half ? embed(cut, semantics, observed, table, static_cast<Bf16*>(cells))
                         : embed(cut, semantics, observed, table, static_cast<float*>(cells));
  if (!fits) call.fail(kNoRow);
}

// semantics, observed [B, X, Y, Z], dCells like the cells, table [K + 1, e] (for its shape) → dTable [K + 1, e]
void backward(void* patch, TF_OpKernelContext* context) {
  Call call(context);
  Cut cut;
  if (!readCut(call, *static_cast<int32_t*>(patch), call.dim(3, 0), call.dim(3, 1), cut)) return;
  if (call.size(2) != call.size(0) * cut.e) return call.fail("a gradient for each channel");
  auto* dTable = static_cast<float*>(call.allocate(0, {cut.classes, cut.e}, sizeof(float)));
  if (!dTable) return;
  const int32_t *semantics = call.in<int32_t>(0), *observed = call.in<int32_t>(1);
  const bool fits = call.isBf16(2) ? embedGradient(cut, semantics, observed, call.in<Bf16>(2), dTable)
                                   : embedGradient(cut, semantics, observed, call.in<float>(2), dTable);
  if (!fits) call.fail(kNoRow);
}

}  // namespace

void defineEmbedding() {
  define({"OcclabEmbedPatches",
          {"T: {float, bfloat16}", "patch: int"},
          {"semantics: int32", "observed: int32", "table: float"},
          {"cells: T"},
          create, forward, destroy});
  define({"OcclabEmbedPatchesGrad",
          {"T: {float, bfloat16}", "patch: int"},
          {"semantics: int32", "observed: int32", "d_cells: T", "table: float"},
          {"d_table: float"},
          create, backward, destroy});
}

}  // namespace occlab
