// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "stage_files.h"
#include "valence/base/log.h"
#include "valence/data/csv.h"
#include "valence/pipeline/evaluate.h"
#include "valence/pipeline/registering.h"
#include "valence/registry/model_source.h"

namespace valence::pipeline {
namespace {

using registry::Contender;
using registry::ModelUri;
using registry::Move;

/// A registered version, here and checked.
Result<Trained> LoadVersion(const std::string& model, const std::string& version, const tracking::Stores& stores,
                            const Params& params, Progress& progress) {
  VALENCE_TRY(const ModelUri uri, registry::ParseModelUri(fmt::format("models:/{}/{}", model, version)));
  const auto open = [&]() -> Result<tracking::Stores> { return stores; };
  VALENCE_TRY(const registry::FetchedModel fetched,
              registry::FetchModel(uri, open, std::filesystem::path(params.ingest.cache_dir) / "models", progress));
  return LoadFetched(fetched, fmt::format("version {} of '{}'", version, model));
}

/// The documents that decide. The challenger's own held-out part unless others are named: documents that it was trained
/// on would flatter it.
Result<data::Dataset> DecidingDocuments(const Layout& layout, const PromoteRequest& request, const Trained& challenger,
                                        std::filesystem::path* where) {
  *where = request.data.empty() ? layout.raw / "test.csv" : request.data;
  if (!request.data.empty()) return ReadLabelled(request.data, "text", "label");
  const auto& lineage = challenger.classifier->bundle().lineage;
  const auto held_out = lineage.find("test_sha256");
  auto digest = FileSha256(*where);
  if (!digest && digest.error().code == ErrorCode::kNotFound) {
    return NotFound(
        fmt::format("{} is missing; run 'valence ingest' with the challenger's data first, or name the "
                    "documents to judge on with --data",
                    where->string()));
  }
  if (!digest) return std::move(digest).error();
  if (held_out == lineage.end() || held_out->second != *digest) {
    return FailedPrecondition(fmt::format(
        "{} is not the part that was held out when the challenger was trained, so it may know these documents; ingest "
        "its data again, or name other documents with --data",
        where->string()));
  }
  return ReadInput<data::Dataset>(*where, "ingest", data::ReadDocuments);
}

void WarnOfOtherTestData(const Trained& challenger, const Trained& champion) {
  const auto& ours = challenger.classifier->bundle().lineage;
  const auto& theirs = champion.classifier->bundle().lineage;
  const auto a = ours.find("test_sha256"), b = theirs.find("test_sha256");
  if (a != ours.end() && b != theirs.end() && a->second == b->second) return;
  log::Warning(
      "the champion was trained with another held-out part: it may know some of these documents, which favours "
      "it");
}

Result<Contender> Score(const Trained& trained, const std::string& version, const data::Dataset& documents,
                        const std::filesystem::path& where, Progress& progress) {
  Contender contender{.version = version, .digest = "sha256:" + trained.digest};
  VALENCE_TRY(contender.scored, ScoreDocuments(*trained.classifier, documents, where, progress));
  return contender;
}

/// What decided, short enough for a tag.
Json Figures(const registry::Verdict& verdict) {
  Json figures = Json::MakeObject({{"documents", verdict.documents}});
  for (const auto& metric : verdict.metrics) {
    if (metric.name != "accuracy" && metric.name != "f1_macro" && metric.name != "log_loss") continue;
    figures.Set(metric.name, Json::MakeObject({{"challenger", metric.challenger}, {"champion", metric.champion}}));
  }
  if (verdict.test) figures.Set("mcnemar_p_value", verdict.test->p_value);
  return figures;
}

std::string Joined(const std::vector<std::string>& sentences) {
  std::string all;
  for (const std::string& sentence : sentences) all += (all.empty() ? "" : "; ") + sentence;
  return all;
}

registry::Ledger LedgerOf(const Params& params, const tracking::Stores& stores) {
  return {.registry = stores.registry.get(), .history = kHistoryFile, .staged_alias = params.promote.alias};
}

}  // namespace

Result<Trained> LoadFetched(const registry::FetchedModel& fetched, const std::string& name) {
  auto trained = LoadTrained(fetched.file);
  if (trained && !fetched.digest.empty() && fetched.digest != "sha256:" + trained->digest) {
    trained = DataCorrupt(fmt::format("{} is not the model that was registered: expected {}, got sha256:{}", name,
                                      fetched.digest, trained->digest));
  } else if (!trained && !fetched.downloaded_from.empty()) {
    trained = Unavailable(fmt::format("{}: what came is no model that can be used: {}", fetched.downloaded_from,
                                      trained.error().message));
  } else if (!trained && fetched.is_copy) {
    trained = std::move(trained).error().With(name);
  }
  std::error_code ignored;
  if (!trained && fetched.is_copy) std::filesystem::remove(fetched.file, ignored);
  return trained;
}

Result<Promoted> Promote(const Params& params, const Layout& layout, const tracking::Stores& stores,
                         const PromoteRequest& request, Progress& progress) {
  const std::string& model = params.registering.model;
  Promoted done;
  done.to = request.version;
  if (done.to.empty()) {
    VALENCE_TRY(done.to, registry::AliasHolder(*stores.registry, model, params.registering.alias));
    if (done.to.empty()) {
      return NotFound(fmt::format("no version of '{}' has alias '{}'; run 'valence register' first", model,
                                  params.registering.alias));
    }
  }
  VALENCE_TRY(done.from, registry::AliasHolder(*stores.registry, model, params.promote.alias));
  VALENCE_TRY(const Trained challenger, LoadVersion(model, done.to, stores, params, progress));
  std::filesystem::path where;
  VALENCE_TRY(const data::Dataset documents, DecidingDocuments(layout, request, challenger, &where));
  VALENCE_TRY(const Contender ours, Score(challenger, done.to, documents, where, progress));
  if (done.from.empty()) {
    VALENCE_TRY(done.verdict, registry::Judge(ours, nullptr, params.evaluate, params.promote));
  } else {
    VALENCE_TRY(const Trained champion, LoadVersion(model, done.from, stores, params, progress));
    WarnOfOtherTestData(challenger, champion);
    VALENCE_TRY(const Contender theirs, Score(champion, done.from, documents, where, progress));
    VALENCE_TRY(done.verdict, registry::Judge(ours, &theirs, params.evaluate, params.promote));
  }
  progress.Done();
  if (request.dry_run) return done;

  Move move = registry::NewMove(done.verdict.passed ? "promote" : "refuse", model, params.promote.alias);
  move.from = done.from;
  move.to = done.to;
  move.figures = Figures(done.verdict);
  move.reason = done.verdict.passed ? request.reason : Joined(done.verdict.Refusals());
  const registry::Ledger ledger = LedgerOf(params, stores);
  if (done.verdict.passed && done.from == done.to) {
    VALENCE_TRY(done.moved, registry::FinishMove(ledger, &move));
    if (done.moved) done.from = move.from;
    return done;
  }
  VALENCE_RETURN_IF_ERROR(done.verdict.passed ? registry::MoveAlias(ledger, move)
                                              : registry::RecordRefusal(ledger, move));
  done.moved = done.verdict.passed;
  return done;
}

Result<Move> Rollback(const Params& params, const tracking::Stores& stores, const std::string& to,
                      const std::string& reason) {
  const std::string& model = params.registering.model;
  Move move = registry::NewMove("rollback", model, params.promote.alias);
  VALENCE_TRY(move.from, registry::AliasHolder(*stores.registry, model, params.promote.alias));
  move.to = to;
  if (to.empty()) {
    VALENCE_TRY(const std::vector<Move> history, registry::FullHistory(*stores.registry, model, kHistoryFile));
    VALENCE_TRY(move.to, registry::PreviousHolder(history, params.promote.alias, move.from));
  }
  // Asked for before anything moves, so that a typo is a clear error.
  VALENCE_RETURN_IF_ERROR(stores.registry->GetVersion(model, move.to));
  move.reason = reason;
  const registry::Ledger ledger = LedgerOf(params, stores);
  if (move.from == move.to) {
    VALENCE_RETURN_IF_ERROR(registry::FinishMove(ledger, &move));
  } else {
    VALENCE_RETURN_IF_ERROR(registry::MoveAlias(ledger, move));
  }
  return move;
}

}  // namespace valence::pipeline
