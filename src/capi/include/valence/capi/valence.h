/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Valence's C interface: scores texts with a model file, inside any process. Implemented by libvalence.so.
 *
 * Errors: functions that can fail return a valence_status and write one sentence for a person, NUL-terminated and cut
 * at a whole character, into error[error_size] (error may be NULL). After a failure the output arrays hold nothing of
 * meaning. No C++ exception crosses this interface; nothing is printed, and the process is never ended by bad input.
 * Threads: any number may use one model at a time. Nothing here starts a thread, forks, or reads the environment.
 * Ownership: the caller owns what it passes in; strings that are returned belong to the model and end with it.
 * Stability: within one VALENCE_ABI_VERSION functions are only added; what is here keeps its meaning and layout.
 */
#ifndef VALENCE_CAPI_VALENCE_H_
#define VALENCE_CAPI_VALENCE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VALENCE_ABI_VERSION 1

#if defined(VALENCE_BUILDING_LIBRARY)
#define VALENCE_EXPORT __attribute__((visibility("default")))
#else
#define VALENCE_EXPORT
#endif

/* What a call answers. The values are frozen. */
typedef int32_t valence_status;
enum {
  VALENCE_OK = 0,
  VALENCE_INVALID_ARGUMENT = 1, /* a NULL or a number that can never work */
  VALENCE_BAD_TEXT = 2,         /* a text that is not well-formed UTF-8 */
  VALENCE_NOT_FOUND = 3,        /* no such file */
  VALENCE_BAD_MODEL = 4,        /* a file that is no model, is damaged, or is of another format version */
  VALENCE_UNAVAILABLE = 5,      /* the file system failed */
  VALENCE_NO_MEMORY = 6,
  VALENCE_INTERNAL = 7 /* a defect of ours */
};

/* A loaded model: immutable, used through a pointer only. */
typedef struct valence_model valence_model;

/* What one occurrence of a term adds to a score. */
typedef struct valence_attribution {
  uint32_t begin; /* bytes [begin, end) of the text */
  uint32_t end;
  int32_t feature;  /* see valence_feature_name */
  int32_t reserved; /* 0 */
  double contribution;
} valence_attribution;

/* VALENCE_ABI_VERSION of the library; compare it with the header's before any other call. */
VALENCE_EXPORT uint32_t valence_abi_version(void);
/* The release, such as "0.1.0". Lives as long as the library is loaded. */
VALENCE_EXPORT const char* valence_version(void);

/* Loads a model.safetensors, checks its digests and its golden texts, and sets *model, which valence_close frees.
 * `path`: NUL-terminated bytes as the file system has them. On failure *model is NULL. */
VALENCE_EXPORT valence_status valence_open(const char* path, valence_model** model, char* error, size_t error_size);
/* Frees the model; NULL is allowed. No other thread may be using it. */
VALENCE_EXPORT void valence_close(valence_model* model);

/* "sha256:<12 hex digits>" of the model's tensors. */
VALENCE_EXPORT const char* valence_model_version(const valence_model* model);
/* Number of labels, at least 2, and the name of label `index` (UTF-8), or NULL if there is no such label. */
VALENCE_EXPORT size_t valence_label_count(const valence_model* model);
VALENCE_EXPORT const char* valence_label(const valence_model* model, size_t index);
/* Scores a text gets: 1 with two labels (above 0 means label 1), otherwise one per label. */
VALENCE_EXPORT size_t valence_score_count(const valence_model* model);

/* Scores `count` texts: texts[i] is lengths[i] bytes of UTF-8 that may contain NUL and need not end with one. Writes,
 * for each text i, labels[i] (the index of the most probable label), scores[i * valence_score_count + k] and
 * probabilities[i * valence_label_count + k]; each of the three arrays may be NULL. Equal texts get equal numbers, in
 * any call and thread. VALENCE_BAD_TEXT names the text and the byte. Working memory is kept by thread. */
VALENCE_EXPORT valence_status valence_predict(const valence_model* model, const char* const* texts,
                                              const size_t* lengths, size_t count, int32_t* labels, double* scores,
                                              double* probabilities, char* error, size_t error_size);

/* Scores one text and says why. Sets *score to the explained score (with more than two labels: that of the predicted
 * one), *intercept to its part that no word has, *count to the number of attributions, and fills the first
 * min(*count, capacity) of attributions[capacity], in text order; score - intercept is the sum of all contributions.
 * To size the array, call with capacity 0 first. score, intercept and (with capacity 0) attributions may be NULL. */
VALENCE_EXPORT valence_status valence_explain(const valence_model* model, const char* text, size_t length,
                                              valence_attribution* attributions, size_t capacity, size_t* count,
                                              double* score, double* intercept, char* error, size_t error_size);
/* The term of a feature, *length bytes of UTF-8 without a NUL; NULL and 0 if it has none (hashing) or is no feature. */
VALENCE_EXPORT const char* valence_feature_name(const valence_model* model, int32_t feature, size_t* length);

#ifdef __cplusplus
}
#endif

#endif /* VALENCE_CAPI_VALENCE_H_ */
