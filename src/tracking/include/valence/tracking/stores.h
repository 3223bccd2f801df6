// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "valence/base/environment.h"
#include "valence/base/result.h"
#include "valence/net/http_client.h"
#include "valence/tracking/object_store.h"
#include "valence/tracking/registry_store.h"
#include "valence/tracking/tracking_store.h"

namespace valence::tracking {

/// Both sides of one place. They share its connection: one thread at a time.
struct Stores {
  std::shared_ptr<TrackingStore> tracking;
  std::shared_ptr<RegistryStore> registry;
};

struct SqliteOptions {
  std::filesystem::path artifacts;  ///< folder of new experiments' artifacts; "" is `mlruns` beside the database
  bool create = true;               ///< make the file if absent; otherwise kNotFound
  bool read_only = false;           ///< never writes (no WAL files either, where the folder does not allow them)
};

/// MLflow's own SQLite store, written by us (mlflow.md 3.3 to 3.5): created at revision 6953534de441, never migrated,
/// any known revision written by explicit columns; a database that Valence did not make is copied to
/// `<name>.before-valence` before its first write. Errors: kNotFound, kFailedPrecondition (a schema that is too old,
/// too new or not MLflow's: says what to run), kUnavailable (locked for 20 s, disk full).
Result<Stores> OpenSqlite(const std::filesystem::path& database, const SqliteOptions& options);

/// How to reach a server: MLFLOW_* and proxies, already read. `Describe` masks secrets.
struct RestOptions {
  std::string uri;  ///< http(s)://..., with any path prefix; a user and password in it are used and never shown
  std::string username, password;  ///< Basic; wins over token
  std::string token;               ///< Bearer
  std::string workspace;           ///< header X-MLFLOW-WORKSPACE
  net::HttpPrepare sign;           ///< signs each request, in place of Basic and Bearer (MLFLOW_TRACKING_AWS_SIGV4)
  net::HttpClientOptions http;
  std::chrono::milliseconds file_timeout{0};  ///< of a big file's transfer; 0 leaves it to http.stall_timeout
  bool truncate_long_values = true;           ///< MLFLOW_TRUNCATE_LONG_VALUES: cut params and tags, or refuse them
  /// Opens what reaches direct artifact roots such as s3://; called at the first of them. Empty: they are
  /// kUnimplemented.
  std::function<Result<std::shared_ptr<ObjectStore>>()> open_objects;
  bool multipart = false;  ///< MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD
  std::uint64_t multipart_minimum = 500u << 20;
  std::uint64_t multipart_chunk = 10u << 20;
};

/// Any MLflow server of version 2 or later, and DagsHub. Nothing is sent until the first call.
Result<Stores> OpenRest(const RestOptions& options);

/// Who acts: MLFLOW_TRACKING_USERNAME, else the system's user, else "unknown".
std::string UserName(const Environment& environment);

/// MLFLOW_TRACKING_* and MLFLOW_HTTP_* (mlflow.md section 4), then ~/.mlflow/credentials. Error: kInvalidArgument for a
/// value MLflow would refuse.
Result<RestOptions> RestOptionsFrom(const std::string& uri, const Environment& environment);

/// `given`, or MLFLOW_TRACKING_URI, or sqlite:///mlflow.db.
std::string TrackingUri(const std::string& given, const Environment& environment);
/// The file of a sqlite:/// address. Error: kInvalidArgument for any other, saying what is supported.
Result<std::filesystem::path> LocalDatabase(const std::string& uri);

/// The stores of `tracking_uri` ("" = MLFLOW_TRACKING_URI, else sqlite:///mlflow.db) and of MLFLOW_REGISTRY_URI, if
/// that is set. Understands http(s)://, sqlite:///relative.db, sqlite:////absolute.db. Error: kInvalidArgument for
/// another scheme.
Result<Stores> OpenStores(const std::string& tracking_uri, const Environment& environment);

}  // namespace valence::tracking
