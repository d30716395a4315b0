// A small client under test: `client open REPOSITORY` opens an upload, `client where` prints the
// registries that it knows.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// `127.0.0.1:40123`.
std::string registry() {
  if (auto address = variable("REGISTRY_HTTP_ADDR"); !address.empty())
    return address;
  std::string url;
  std::ifstream{variable("GANTRY_REGISTRY_FOLDER") + "/url"} >> url;
  if (url.empty())
    throw std::runtime_error{"there is no registry"};
  return url.substr(std::string{"http://"}.size());
}

int connect_to(const std::string& address) {
  const auto colon = address.rfind(':');
  addrinfo* found = nullptr;
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  if (::getaddrinfo(address.substr(0, colon).c_str(), address.substr(colon + 1).c_str(), &wanted,
                    &found) != 0)
    throw std::runtime_error{"cannot resolve " + address};
  const int connection = ::socket(found->ai_family, found->ai_socktype, found->ai_protocol);
  const bool is_open = ::connect(connection, found->ai_addr, found->ai_addrlen) == 0;
  ::freeaddrinfo(found);
  if (!is_open)
    throw std::runtime_error{"cannot connect to " + address};
  return connection;
}

/// Opens an upload; returns the status of the answer.
std::string start_upload(const std::string& address, const std::string& repository) {
  const int connection = connect_to(address);
  const auto request = "POST /v2/" + repository + "/blobs/uploads/ HTTP/1.1\r\nHost: " + address +
                       "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  if (::send(connection, request.data(), request.size(), MSG_NOSIGNAL) < 0)
    throw std::runtime_error{"cannot send to " + address};
  std::string answer;
  char part[1024];
  for (ssize_t count = 0; (count = ::read(connection, part, sizeof part)) > 0;)
    answer.append(part, static_cast<std::size_t>(count));
  ::close(connection);
  return answer.substr(answer.find(' ') + 1, 3);
}

int where() {
  std::cout << registry() << '\n';
  for (const char* name : {"GANTRY_SHARED_URL", "GANTRY_FROZEN_URL"})
    if (const auto url = variable(name); !url.empty())
      std::cout << name << ' ' << url << '\n';
  return 0;
}

int open(const std::string& repository) {
  const auto status = start_upload(registry(), repository);
  if (status == "202")
    return 0;
  std::cerr << "the registry answers " << status << '\n';
  return 1;
}

} // namespace

int main(int argc, char** argv) {
  try {
    return argc > 2 && std::string{argv[1]} == "open" ? open(argv[2]) : where();
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
