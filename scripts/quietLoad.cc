// Loads libtensorflow with standard error turned away: its static initialisers write a greeting there before they
// look at TF_CPP_MIN_LOG_LEVEL. The binding that is loaded next finds the library in place.
#include <dlfcn.h>
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

// load(): null, or the reason why the library could not be loaded.
static napi_value Load(napi_env env, napi_callback_info) {
  const int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (kept >= 0 && nowhere >= 0) dup2(nowhere, STDERR_FILENO);
  const bool loaded = dlopen(LIBTENSORFLOW, RTLD_LAZY | RTLD_LOCAL) != nullptr;
  if (kept >= 0) {
    dup2(kept, STDERR_FILENO);
    close(kept);
  }
  if (nowhere >= 0) close(nowhere);

  napi_value result;
  if (loaded) {
    napi_get_null(env, &result);
  } else {
    napi_create_string_utf8(env, dlerror(), NAPI_AUTO_LENGTH, &result);
  }
  return result;
}

NAPI_MODULE_INIT() {
  napi_value load;
  napi_create_function(env, "load", NAPI_AUTO_LENGTH, Load, nullptr, &load);
  napi_set_named_property(env, exports, "load", load);
  return exports;
}
