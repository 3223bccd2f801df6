// SPDX-License-Identifier: Apache-2.0
#include "http_response_head.h"

#include <array>
#include <charconv>
#include <ctime>

namespace valence::net {
namespace {

void AppendNumber(std::size_t value, std::string* out) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out->append(digits.data(), end);
}

}  // namespace

std::string_view DateCache::Now() {
  const std::time_t now = std::time(nullptr);
  if (now == second_) return text_;
  second_ = now;
  std::tm utc{};
  gmtime_r(&now, &utc);
  // strftime would follow the locale for these names.
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::array<char, 64> text;
  const int size = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                 kDays[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                                 kMonths[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                                 utc.tm_min, utc.tm_sec);
  text_.assign(text.data(), static_cast<std::size_t>(size));
  return text_;
}

std::string_view ReasonPhrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Unknown";
  }
}

void AppendChunkHead(std::size_t size, std::string* out) {
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16).ptr;
  out->append(digits.data(), end).append("\r\n");
}

void FormatHead(const HttpResponse& response, Persistence persistence, std::string_view date, std::string* head,
                Framing framing) {
  head->assign("HTTP/1.1 ");
  AppendNumber(static_cast<std::size_t>(response.status), head);
  head->append(" ").append(ReasonPhrase(response.status));
  head->append("\r\nDate: ").append(date);
  if (response.status != 204 && response.status != 304) {
    head->append("\r\nContent-Type: ").append(response.content_type);
    if (framing == Framing::kLength) AppendNumber(response.body.size(), &head->append("\r\nContent-Length: "));
    if (framing == Framing::kChunked) head->append("\r\nTransfer-Encoding: chunked");
  }
  if (persistence == Persistence::kClose) head->append("\r\nConnection: close");
  if (persistence == Persistence::kKeepAliveHttp10) head->append("\r\nConnection: keep-alive");
  head->append("\r\n").append(response.extra_headers).append("\r\n");
}

}  // namespace valence::net
