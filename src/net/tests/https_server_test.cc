// SPDX-License-Identifier: Apache-2.0
// The server's TLS, asked by our own client; what other clients see is in tests/e2e/test_operations.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "echo_server.h"
#include "raw_client.h"
#include "support/temp_dir.h"
#include "valence/base/files.h"
#include "valence/net/http_client.h"

namespace valence::net {
namespace {

using ::testing::HasSubstr;

class HttpsServer : public ::testing::Test {
 protected:
  HttpsServer() { MakeCertificate("a"); }

  /// A certificate of its own authority for 127.0.0.1: NAME.pem and NAME.key.
  void MakeCertificate(const std::string& name) {
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=" + name +
        " -addext subjectAltName=IP:127.0.0.1 -keyout " + Path(name + ".key") + " -out " + Path(name + ".pem") +
        " 2>/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  ServerOptions Options(const std::string& certificate = "a") const {
    ServerOptions options;
    options.tls = {Path(certificate + ".pem"), Path(certificate + ".key")};
    return options;
  }
  HttpClient Client(const std::string& trusted) const {
    HttpClientOptions options;
    options.ca_file = Path(trusted + ".pem");
    options.use_proxy = false;
    options.retry.attempts = 1;
    return HttpClient(options);
  }
  static std::string Url(const EchoServer& server) {
    return "https://127.0.0.1:" + std::to_string(server.port()) + "/x";
  }

  TempDir folder_;
};

TEST_F(HttpsServer, AnswersOverOneConnection) {
  EchoServer server(Options());
  HttpClient client = Client("a");
  for (const std::string& body : {std::string("hello"), std::string(900'000, 'b'), std::string("bye")}) {
    const auto reply = client.Send({.method = "POST", .url = Url(server), .body = body});
    ASSERT_TRUE(reply.has_value()) << reply.error().message;
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, "POST /x? " + body);
  }
}

TEST_F(HttpsServer, RefusesBeforeTheBodyAndGoesOn) {
  EchoServer server(Options());
  HttpClient client = Client("a");
  const std::string body(900'000, 'b');
  for (int round = 1; round <= 2; ++round) {
    const auto refused =
        client.Send({.method = "POST", .url = Url(server), .headers = {{"X-Refuse", "1"}}, .body = body});
    ASSERT_TRUE(refused.has_value()) << refused.error().message;
    EXPECT_EQ(refused->status, 429);
    EXPECT_EQ(server.refused_unread(), round);
    const auto taken = client.Send({.method = "POST", .url = Url(server), .body = body});
    ASSERT_TRUE(taken.has_value()) << taken.error().message;
    EXPECT_EQ(taken->body, "POST /x? " + body);
  }
}

TEST_F(HttpsServer, IsNotTrustedWithoutItsAuthority) {
  MakeCertificate("b");
  EchoServer server(Options());
  EXPECT_FALSE(Client("b").Send({.url = Url(server)}).has_value());
}

TEST_F(HttpsServer, TakesANewCertificateWithoutDroppingAConnection) {
  EchoServer server(Options());
  HttpClient old_client = Client("a");
  EXPECT_TRUE(old_client.Send({.url = Url(server)}).has_value());
  MakeCertificate("a");
  ASSERT_TRUE(server.server().ReloadCertificates().has_value());
  EXPECT_TRUE(old_client.Send({.url = Url(server)}).has_value());  // on its connection: it trusts only the old one
  EXPECT_TRUE(Client("a").Send({.url = Url(server)}).has_value());
}

TEST_F(HttpsServer, KeepsTheOldCertificateIfTheNewOneIsBroken) {
  EchoServer server(Options());
  ASSERT_TRUE(WriteFile(Path("a.key"), "no key").has_value());
  const auto reloaded = server.server().ReloadCertificates();
  ASSERT_FALSE(reloaded.has_value());
  EXPECT_THAT(reloaded.error().message, HasSubstr("a.key: expected the private key of "));
  EXPECT_TRUE(Client("a").Send({.url = Url(server)}).has_value());
}

TEST_F(HttpsServer, DoesNotStartWithTheKeyOfAnother) {
  MakeCertificate("b");
  ServerOptions options = Options();
  options.tls.key = Path("b.key");
  const auto server = HttpServer::Listen(
      options, [](int, const HttpRequest&, HttpResponse*) {}, [](int, const HttpRefusal&, HttpResponse*) {});
  ASSERT_FALSE(server.has_value());
  EXPECT_THAT(server.error().message, HasSubstr("key values mismatch"));
}

TEST_F(HttpsServer, CutsAHandshakeThatDoesNotEnd) {
  ServerOptions options = Options();
  options.header_timeout = std::chrono::seconds(1);
  EchoServer server(options);
  RawClient silent(server.port());
  RawClient slow(server.port());
  slow.Send("\x16\x03\x01");
  EXPECT_TRUE(silent.AtEnd());
  EXPECT_TRUE(slow.AtEnd());
}

TEST_F(HttpsServer, ClosesOnWhoSpeaksPlainHttp) {
  EchoServer server(Options());
  RawClient client(server.port());
  client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(CountAnswers(client.ReadAll()), 0);
}

TEST_F(HttpsServer, DrainsIdleConnections) {
  EchoServer server(Options());
  HttpClient client = Client("a");
  EXPECT_TRUE(client.Send({.url = Url(server)}).has_value());
  server.server().Stop();
  server.Join();
  EXPECT_FALSE(client.Send({.url = Url(server)}).has_value());
}

}  // namespace
}  // namespace valence::net
