// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rest_errors.h"
#include "rest_uri.h"
#include "valence/base/json.h"
#include "valence/base/result.h"
#include "valence/net/http_client.h"
#include "valence/tracking/stores.h"
#include "valence/tracking/tracking_store.h"

namespace valence::tracking::internal {

/// Whether the server may get a call twice: kNever is for what makes a new thing each time.
enum class Repeat { kSafe, kNever };

using Query = std::vector<std::pair<std::string, std::string>>;

/// One MLflow server: its address, its credentials, one kept connection, and what it turned out to be able to do.
/// Not thread-safe.
class RestClient {
 public:
  static Result<std::shared_ptr<RestClient>> Make(RestOptions options);

  const ServerUri& server() const { return server_; }
  const RestOptions& options() const { return options_; }

  /// Calls <server>/api/2.0/mlflow/<route> and parses its answer. Errors: see ExplainReply; kUnavailable also for a 2xx
  /// that is not JSON.
  Result<Json> Get(const std::string& route, const Query& query = {});
  Result<Json> Call(const std::string& method, const std::string& route, const Json& body,
                    Repeat repeat = Repeat::kSafe);
  Result<Json> Post(const std::string& route, const Json& body, Repeat repeat = Repeat::kSafe) {
    return Call("POST", route, body, repeat);
  }
  /// Posts a body that is JSON text already.
  Result<Json> PostText(const std::string& route, std::string body, Repeat repeat = Repeat::kSafe);

  /// Sends any call, with our credentials. `what` names it in errors. An answer other than 2xx is an error.
  Result<net::HttpReply> Exchange(net::HttpCall call, const std::string& what);
  /// As Exchange, for a call that carries a file of any size: big ones get a connection and a time limit of their own.
  Result<net::HttpReply> ExchangeFile(net::HttpCall call, const std::string& what, const net::HttpBodySink& sink = {});
  /// Sends a file without our credentials, to a presigned address.
  Result<net::HttpReply> ExchangeUnsigned(const net::HttpCall& call, const std::string& what);
  /// The JSON at an address of ours.
  Result<Json> GetUrl(const std::string& url, const std::string& what);
  /// The JSON of a call to an address of ours.
  Result<Json> CallUrl(const std::string& method, const std::string& url, std::string body, Repeat repeat,
                       const std::string& what);

  /// What is known of the server; unset until found out.
  std::optional<bool> has_logged_models;
  std::optional<bool> has_registry;
  std::optional<Capabilities> probed;

  /// Waits before the n-th repetition of a create (n from 0).
  void PauseBeforeRepeat(int n) const;

 private:
  RestClient(RestOptions options, ServerUri server);
  Result<Json> CallRoute(const std::string& method, const std::string& route, const std::string& query,
                         std::string body, Repeat repeat);
  net::HttpClient& files();

  RestOptions options_;
  ServerUri server_;
  std::vector<net::HttpHeader> headers_;  ///< credentials and workspace
  net::HttpClient http_;
  std::optional<net::HttpClient> files_;  ///< opened at the first big file
};

/// Runs `create`, whose call is sent with Repeat::kNever. After a failure that leaves open whether it happened, `find`
/// looks for what it made, and only if that is not there is it tried again. Without a `find` it is tried once.
template <class T>
Result<T> CreateOnce(const RestClient& client, const std::function<Result<T>()>& create,
                     const std::function<Result<std::optional<T>>()>& find) {
  constexpr int kAttempts = 3;
  for (int attempt = 0;; ++attempt) {
    Result<T> made = create();
    if (made.has_value() || !IsAmbiguous(made.error()) || !find) return made;
    client.PauseBeforeRepeat(attempt);
    Result<std::optional<T>> found = find();
    if (!found.has_value()) return made;
    if (found->has_value()) return **std::move(found);
    if (attempt + 1 == kAttempts) return made;
  }
}

}  // namespace valence::tracking::internal
