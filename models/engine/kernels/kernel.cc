#include "kernel.h"

#include <node_api.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tensorflow/c/ops.h"

namespace occlab {
namespace {

// Threads that sleep between jobs. It is never destroyed: they may outlive the static objects of a process that ends.
class Crew {
 public:
  Crew() {
    const char* asked = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int wanted = asked && *asked ? std::atoi(asked) : static_cast<int>(std::thread::hardware_concurrency());
    for (int i = 1; i < wanted; i++) std::thread([this] { serve(); }).detach();
    helpers = wanted > 1 ? wanted - 1 : 0;
  }

  void run(int64_t count, const std::function<void(int64_t)>& work) {
    // Another JavaScript thread has the crew: this one does its work alone rather than wait.
    std::unique_lock<std::mutex> mine(job, std::try_to_lock);
    if (!mine.owns_lock() || helpers == 0 || count < 2) {
      for (int64_t chunk = 0; chunk < count; chunk++) work(chunk);
      return;
    }
    {
      std::lock_guard<std::mutex> hold(state);
      current = &work, total = count, next = 0, busy = helpers, number++;
    }
    wake.notify_all();
    take();
    std::unique_lock<std::mutex> hold(state);
    done.wait(hold, [this] { return busy == 0; });
  }

 private:
  void take() {
    for (int64_t chunk = next++; chunk < total; chunk = next++) (*current)(chunk);
  }

  void serve() {
    for (int64_t seen = 0;;) {
      {
        std::unique_lock<std::mutex> hold(state);
        wake.wait(hold, [&] { return number != seen; });
        seen = number;
      }
      take();
      std::lock_guard<std::mutex> hold(state);
      if (--busy == 0) done.notify_one();
    }
  }

  std::mutex job, state;
  std::condition_variable wake, done;
  const std::function<void(int64_t)>* current = nullptr;
  std::atomic<int64_t> next{0};
  int64_t total = 0, number = 0;
  int busy = 0, helpers = 0;
};

void check(TF_Status* status, const char* what) {
  if (TF_GetCode(status) != TF_OK) throw std::runtime_error(std::string(what) + ": " + TF_Message(status));
}

}  // namespace

void inChunks(int64_t count, const std::function<void(int64_t)>& work) {
  static Crew* crew = new Crew;
  crew->run(count, work);
}

Call::Call(TF_OpKernelContext* context) : context(context), status(TF_NewStatus()) {}

Call::~Call() {
  for (TF_Tensor* tensor : inputs)
    if (tensor) TF_DeleteTensor(tensor);
  TF_DeleteStatus(status);
}

bool Call::failed() const { return hasFailed; }

void Call::fail(const char* why) {
  if (hasFailed) return;
  hasFailed = true;
  TF_SetStatus(status, TF_INVALID_ARGUMENT, why);
  TF_OpKernelContext_Failure(context, status);
}

TF_Tensor* Call::tensor(int input) {
  if (!inputs[input]) TF_GetInput(context, input, &inputs[input], status);
  return inputs[input];
}

const void* Call::data(int input) { return TF_TensorData(tensor(input)); }
int64_t Call::dim(int input, int axis) { return TF_Dim(tensor(input), axis); }
int64_t Call::size(int input) { return TF_TensorElementCount(tensor(input)); }
bool Call::isBf16(int input) { return TF_TensorType(tensor(input)) == TF_BFLOAT16; }

void* Call::allocate(int output, std::initializer_list<int64_t> shape, size_t bytesEach) {
  size_t bytes = bytesEach;
  for (const int64_t size : shape) bytes *= size;
  const TF_DataType type = TF_ExpectedOutputDataType(context, output);
  TF_Tensor* made = TF_AllocateOutput(context, output, type, shape.begin(), shape.size(), bytes, status);
  if (TF_GetCode(status) != TF_OK) {
    hasFailed = true;
    TF_OpKernelContext_Failure(context, status);
    return nullptr;
  }
  void* at = TF_TensorData(made);
  TF_DeleteTensor(made);
  return at;
}

void* Call::allocateLike(int output, int input, size_t bytesEach) {
  TF_Tensor* like = tensor(input);
  switch (TF_NumDims(like)) {
    case 0: return allocate(output, {}, bytesEach);
    case 1: return allocate(output, {TF_Dim(like, 0)}, bytesEach);
    case 2: return allocate(output, {TF_Dim(like, 0), TF_Dim(like, 1)}, bytesEach);
    case 3: return allocate(output, {TF_Dim(like, 0), TF_Dim(like, 1), TF_Dim(like, 2)}, bytesEach);
    case 4: return allocate(output, {TF_Dim(like, 0), TF_Dim(like, 1), TF_Dim(like, 2), TF_Dim(like, 3)}, bytesEach);
    default: fail("more than four axes"); return nullptr;
  }
}

void define(const Op& op) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(op.name);
  for (const char* spec : op.attributes) TF_OpDefinitionBuilderAddAttr(definition, spec);
  for (const char* spec : op.inputs) TF_OpDefinitionBuilderAddInput(definition, spec);
  for (const char* spec : op.outputs) TF_OpDefinitionBuilderAddOutput(definition, spec);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, [](TF_ShapeInferenceContext*, TF_Status*) {});
  TF_RegisterOpDefinition(definition, status);
  check(status, op.name);
  TF_KernelBuilder* kernel = TF_NewKernelBuilder(op.name, "CPU", op.create, op.compute, op.destroy);
  TF_RegisterKernelBuilder(op.name, kernel, status);
  check(status, op.name);
  TF_DeleteStatus(status);
}

}  // namespace occlab

// load(): null, or the reason why the kernels cannot be used. More than one JavaScript thread may call it.
static napi_value Load(napi_env env, napi_callback_info) {
  static std::once_flag once;
  static std::string problem;
  std::call_once(once, [] {
    try {
      occlab::defineCrossEntropy();
      occlab::defineActivation();
      occlab::defineEmbedding();
      occlab::defineAdamW();
    } catch (const std::exception& error) {
      problem = error.what();
    }
  });
  napi_value result;
  if (problem.empty()) {
    napi_get_null(env, &result);
  } else {
    napi_create_string_utf8(env, problem.c_str(), NAPI_AUTO_LENGTH, &result);
  }
  return result;
}

NAPI_MODULE_INIT() {
  napi_value load;
  napi_create_function(env, "load", NAPI_AUTO_LENGTH, Load, nullptr, &load);
  napi_set_named_property(env, exports, "load", load);
  return exports;
}
