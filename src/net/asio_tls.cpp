// Compiles Asio's TLS functions, for BOOST_ASIO_SEPARATE_COMPILATION.
#include <boost/asio/ssl/impl/src.hpp>
