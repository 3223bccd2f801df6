// SPDX-License-Identifier: Apache-2.0
// s3_tool head|get|put|put-new|list|delete ARGS: one S3Client call, as JSON. For tests/e2e/test_s3.py.
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

#include "valence/base/json.h"
#include "valence/net/s3_client.h"

namespace {

using valence::Json;
using valence::Progress;
using valence::Result;
namespace net = valence::net;

Json ToJson(const net::S3ObjectInfo& info) {
  return Json::MakeObject({{"size", info.size},
                           {"etag", info.etag},
                           {"checksum_algorithm", info.checksum_algorithm},
                           {"checksum", info.checksum},
                           {"sha256", info.sha256}});
}

Result<Json> InfoOf(Result<net::S3ObjectInfo> info) {
  if (!info.has_value()) return std::move(info).error();
  return ToJson(*info);
}

Result<Json> Run(const std::vector<std::string>& args) {
  if (args.size() < 2) return valence::InvalidArgument("usage: s3_tool head|get|put|put-new|list|delete ARGS");
  VALENCE_TRY(net::S3Client client, net::S3Client::FromEnvironment());
  const std::string& verb = args[0];
  const bool puts = verb == "put" || verb == "put-new";
  VALENCE_TRY(const net::S3Uri uri, net::ParseS3Uri(args[puts ? 2 : 1]));
  if (verb == "head") return InfoOf(client.Head(uri));
  if (verb == "get") return InfoOf(client.Get(uri, args.at(2), Progress::None()));
  if (puts) {
    net::S3PutOptions options;
    options.if_absent = verb == "put-new";
    return InfoOf(client.Put(args[1], uri, options, Progress::None()));
  }
  if (verb == "list") {
    VALENCE_TRY(const auto objects, client.List(uri));
    Json list = Json::MakeArray();
    for (const net::S3Object& object : objects) {
      list.Push(Json::MakeObject({{"key", object.key}, {"size", object.size}, {"etag", object.etag}}));
    }
    return list;
  }
  VALENCE_RETURN_IF_ERROR(client.Delete(uri));
  return Json::MakeObject();
}

}  // namespace

int main(int argc, char** argv) {
  const auto result = Run({argv + 1, argv + argc});
  if (!result.has_value()) {
    fmt::print(stderr, "{}: {}\n", ErrorCodeName(result.error().code), result.error().message);
    return 1;
  }
  fmt::print("{}\n", result->Dump());
  return 0;
}
