// Compiles Asio and Beast once; all other files see declarations only.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
