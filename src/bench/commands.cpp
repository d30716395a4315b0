#include "bench/commands.hpp"

#include "bench/measurement.hpp"
#include "bench/workloads/images.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace gantry::bench {

namespace {

std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file)
    throw std::runtime_error{path + " cannot be read"};
  return text;
}

/// Pushes the image from which layers are mounted, if there is one.
void prepare_base(measurement& work, const image_source& source, const upload_settings& how) {
  if (source.base())
    work.prepare(push_base_workload{source, how}, 1);
}

void clean_up_base(measurement& work, const image_source& source) {
  if (source.base())
    work.clean_up(erase_base_workload{source}, 1);
}

} // namespace

int run(const push_options& options, std::FILE* out, std::FILE* live) {
  measurement work{options, "push", "image", out, live};
  const image_source source{work.images()};
  prepare_base(work, source, options.uploads);
  work.measure(push_workload{source, options.uploads});
  work.clean_up(erase_workload{source}, work.load().numbers);
  clean_up_base(work, source);
  return work.publish();
}

int run(const pull_options& options, std::FILE* out, std::FILE* live) {
  measurement work{options, "pull", "image", out, live};
  work.described()["set"] = options.set_size;
  work.described()["verify"] = options.pulls.verify;
  if (options.pulls.range_size > 0)
    work.described()["ranges"] = options.pulls.range_size;
  work.described()["parallel"] = options.pulls.parallel;
  const image_source source{work.images()};
  prepare_base(work, source, options.uploads);
  work.prepare(push_workload{source, options.uploads}, options.set_size);
  work.measure(pull_workload{source, options.set_size, options.pulls});
  work.clean_up(erase_workload{source}, options.set_size);
  clean_up_base(work, source);
  return work.publish();
}

int run(const compare_options& options, std::FILE* out) {
  const auto base = read_file(options.base);
  const auto other = read_file(options.other);
  const auto compared = compare_reports(base, other);
  if (!compared)
    throw std::runtime_error{"not both files are reports of gantry bench: " +
                             compared.error().detail};
  std::fputs(compared->c_str(), out);
  return 0;
}

} // namespace gantry::bench
