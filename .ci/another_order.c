/* OpenBLAS with its sums in another order: a kernel that nobody has named.
 *
 * A kernel of OpenBLAS differs from another in the order in which it adds. Loaded before NumPy (LD_PRELOAD), this cuts
 * each sum of a product in two, at a place that depends on the shape and on ANOTHER_ORDER, a number; OpenBLAS computes
 * both parts, nearly as fast as one. exp, log, tanh and pow, of which each library has its own, come back one unit in the
 * last place lower or higher now and then. So every product is rounded as on a processor that one does not have.
 *
 *     cc -O2 -shared -fPIC -fno-builtin -o another_order.so .ci/another_order.c -ldl -lm
 *     ANOTHER_ORDER=1 LD_PRELOAD=$PWD/another_order.so python …
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int64_t integer;
enum { ROWS = 101, PLAIN = 111 }; /* CblasRowMajor, CblasNoTrans */

static uint64_t mix(uint64_t x) { /* the finaliser of SplitMix64 */
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static uint64_t seed(void) {
    static uint64_t number;
    if (!number) {
        const char *text = getenv("ANOTHER_ORDER");
        number = mix((text ? strtoull(text, NULL, 10) : 0) + 0x9e3779b97f4a7c15u);
    }
    return number;
}

/* Where to cut a sum of `terms`: the same place for the same shape, so that the same product has the same bits. */
static integer cut(integer rows, integer columns, integer terms) {
    return terms < 2 ? 0 : 1 + (integer)(mix(seed() ^ mix(terms ^ mix(rows ^ mix(columns)))) % (uint64_t)(terms - 1));
}

static int is_openblas(struct dl_phdr_info *library, size_t size, void *handle) {
    (void)size;
    if (!strstr(library->dlpi_name, "openblas")) return 0;
    *(void **)handle = dlopen(library->dlpi_name, RTLD_LAZY | RTLD_NOLOAD);
    return *(void **)handle != NULL;
}

/* What OpenBLAS, which NumPy brings, has under this name. */
static void *original(const char *name) {
    static void *handle;
    if (!handle) dl_iterate_phdr(is_openblas, &handle);
    void *found = handle ? dlsym(handle, name) : NULL;
    if (!found) {
        fprintf(stderr, "another_order: found no %s in NumPy's OpenBLAS\n", name);
        abort();
    }
    return found;
}

#define PRODUCTS(real, letter)                                                                                         \
    typedef void letter##gemm_t(int, int, int, integer, integer, integer, real, const real *, integer, const real *,  \
                                integer, real, real *, integer);                                                       \
    void scipy_cblas_##letter##gemm64_(int order, int ta, int tb, integer m, integer n, integer k, real alpha,        \
                                       const real *a, integer lda, const real *b, integer ldb, real beta, real *c,    \
                                       integer ldc) {                                                                  \
        static letter##gemm_t *gemm;                                                                                   \
        if (!gemm) gemm = (letter##gemm_t *)original("scipy_cblas_" #letter "gemm64_");                               \
        integer first = cut(m, n, k);                                                                                  \
        if (first) {                                                                                                   \
            gemm(order, ta, tb, m, n, first, alpha, a, lda, b, ldb, beta, c, ldc);                                     \
            a += (order == ROWS) == (ta == PLAIN) ? first : first * lda;                                               \
            b += (order == ROWS) == (tb == PLAIN) ? first * ldb : first;                                               \
            beta = 1;                                                                                                  \
        }                                                                                                              \
        gemm(order, ta, tb, m, n, k - first, alpha, a, lda, b, ldb, beta, c, ldc);                                     \
    }                                                                                                                  \
                                                                                                                       \
    typedef void letter##gemv_t(int, int, integer, integer, real, const real *, integer, const real *, integer, real, \
                                real *, integer);                                                                      \
    void scipy_cblas_##letter##gemv64_(int order, int ta, integer m, integer n, real alpha, const real *a,            \
                                       integer lda, const real *x, integer dx, real beta, real *y, integer dy) {      \
        static letter##gemv_t *gemv;                                                                                   \
        if (!gemv) gemv = (letter##gemv_t *)original("scipy_cblas_" #letter "gemv64_");                               \
        integer terms = ta == PLAIN ? n : m, first = dx > 0 ? cut(m + n - terms, 1, terms) : 0;                        \
        if (first) {                                                                                                   \
            gemv(order, ta, ta == PLAIN ? m : first, ta == PLAIN ? first : n, alpha, a, lda, x, dx, beta, y, dy);      \
            a += (order == ROWS) == (ta == PLAIN) ? first : first * lda;                                               \
            x += first * dx;                                                                                           \
            beta = 1;                                                                                                  \
        }                                                                                                              \
        terms -= first;                                                                                                \
        gemv(order, ta, ta == PLAIN ? m : terms, ta == PLAIN ? terms : n, alpha, a, lda, x, dx, beta, y, dy);          \
    }                                                                                                                  \
                                                                                                                       \
    typedef void letter##syrk_t(int, int, int, integer, integer, real, const real *, integer, real, real *, integer); \
    void scipy_cblas_##letter##syrk64_(int order, int half, int ta, integer n, integer k, real alpha, const real *a,  \
                                       integer lda, real beta, real *c, integer ldc) {                                 \
        static letter##syrk_t *syrk;                                                                                   \
        if (!syrk) syrk = (letter##syrk_t *)original("scipy_cblas_" #letter "syrk64_");                               \
        integer first = cut(n, n, k);                                                                                  \
        if (first) {                                                                                                   \
            syrk(order, half, ta, n, first, alpha, a, lda, beta, c, ldc);                                              \
            a += (order == ROWS) == (ta == PLAIN) ? first : first * lda;                                               \
            beta = 1;                                                                                                  \
        }                                                                                                              \
        syrk(order, half, ta, n, k - first, alpha, a, lda, beta, c, ldc);                                              \
    }                                                                                                                  \
                                                                                                                       \
    typedef real letter##dot_t(integer, const real *, integer, const real *, integer);                                \
    real scipy_cblas_##letter##dot64_(integer n, const real *x, integer dx, const real *y, integer dy) {              \
        static letter##dot_t *dot;                                                                                     \
        if (!dot) dot = (letter##dot_t *)original("scipy_cblas_" #letter "dot64_");                                   \
        integer first = dx > 0 && dy > 0 ? cut(1, 1, n) : 0;                                                           \
        real sum = first ? dot(first, x, dx, y, dy) : 0;                                                               \
        return sum + dot(n - first, x + first * dx, dx, y + first * dy, dy);                                           \
    }

PRODUCTS(double, d)
PRODUCTS(float, s)

/* One number in four a unit off, to either side; whole numbers, such as exp(0) and log(1), stay as they are. */
#define NEAR(real, bits, next, name, arguments, call)                                                                  \
    real name arguments {                                                                                              \
        static real(*libm) arguments;                                                                                  \
        if (!libm) libm = (real(*) arguments)dlsym(RTLD_NEXT, #name);                                                  \
        real value = libm call;                                                                                        \
        if (!isfinite(value) || value == floor(value)) return value;                                           \
        bits pattern;                                                                                                  \
        memcpy(&pattern, &value, sizeof value);                                                                        \
        uint64_t draw = mix(seed() ^ pattern) % 8;                                                                     \
        return draw > 1 ? value : next(value, draw ? INFINITY : -INFINITY);                                            \
    }

NEAR(double, uint64_t, nextafter, exp, (double x), (x))
NEAR(double, uint64_t, nextafter, log, (double x), (x))
NEAR(double, uint64_t, nextafter, tanh, (double x), (x))
NEAR(double, uint64_t, nextafter, pow, (double x, double y), (x, y))
NEAR(float, uint32_t, nextafterf, expf, (float x), (x))
NEAR(float, uint32_t, nextafterf, logf, (float x), (x))
NEAR(float, uint32_t, nextafterf, tanhf, (float x), (x))
NEAR(float, uint32_t, nextafterf, powf, (float x, float y), (x, y))
