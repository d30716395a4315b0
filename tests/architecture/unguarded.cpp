// A fixture: touches a guarded member without its mutex, which clang must reject. Not part of any
// program.
#include "base/mutex.hpp"

class counter {
public:
  void count() { ++value_; }

private:
  gantry::mutex mutex_;
  int value_ GANTRY_GUARDED_BY(mutex_) = 0;
};
