/* A host that gives the library its memory: every block is counted, carries its size and alignment, and must come back
 * with them. Plays a scene on several threads and ends with as many bytes as the library keeps for good.
 *
 *   build/allocator
 */

#include "trespasser.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Stands before each block. */
struct head {
    uint64_t magic;
    size_t size, alignment;
    void *base;
};

enum { MAGIC = 0x7E57 };

struct heap {
    atomic_size_t blocks, bytes, most, calls;
};

static void fail(const char *what)
{
    fprintf(stderr, "allocator: %s: %s\n", what, tp_last_error_message());
    exit(1);
}

static struct head *head_of(void *block, size_t size, size_t alignment)
{
    struct head *head = (struct head *)block - 1;
    if (head->magic != MAGIC || head->size != size || head->alignment != alignment) {
        fprintf(stderr, "allocator: a block came back that was not given out so\n");
        abort();
    }
    return head;
}

static void *allocate(void *user, size_t size, size_t alignment)
{
    struct heap *heap = user;
    size_t room = alignment > _Alignof(struct head) ? alignment : _Alignof(struct head);
    char *base = malloc(size + sizeof(struct head) + room);
    if (base == NULL)
        return NULL;
    uintptr_t at = ((uintptr_t)base + sizeof(struct head) + room - 1) / room * room;
    struct head *head = (struct head *)at - 1;
    *head = (struct head){ MAGIC, size, alignment, base };
    atomic_fetch_add(&heap->calls, 1);
    atomic_fetch_add(&heap->blocks, 1);
    size_t bytes = atomic_fetch_add(&heap->bytes, size) + size, most = atomic_load(&heap->most);
    while (bytes > most && !atomic_compare_exchange_weak(&heap->most, &most, bytes))
        ;
    return (void *)at;
}

static void release(void *user, void *block, size_t size, size_t alignment)
{
    struct heap *heap = user;
    struct head *head = head_of(block, size, alignment);
    void *base = head->base;
    memset(head, 0xDD, sizeof *head + size); /* whoever looks at it later finds nothing */
    free(base);
    atomic_fetch_sub(&heap->blocks, 1);
    atomic_fetch_sub(&heap->bytes, size);
}

static void *reallocate(void *user, void *block, size_t old_size, size_t alignment, size_t new_size)
{
    head_of(block, old_size, alignment);
    void *moved = allocate(user, new_size, alignment);
    if (moved == NULL)
        return NULL;
    memcpy(moved, block, old_size < new_size ? old_size : new_size);
    release(user, block, old_size, alignment);
    return moved;
}

/* Plays a scene, and gives the hash of its end. */
static uint64_t play(const char *name, uint32_t ticks)
{
    tp_scene *scene;
    uint64_t hash;
    if (tp_scene_create(name, &scene) != TP_RESULT_OK || tp_scene_advance(scene, ticks) != TP_RESULT_OK ||
        tp_scene_hash(scene, &hash) != TP_RESULT_OK || tp_scene_destroy(scene) != TP_RESULT_OK)
        fail(name);
    return hash;
}

int main(void)
{
    static struct heap unused, heap; /* lives as long as the process */
    tp_allocator allocator = { sizeof allocator, 0, &unused, allocate, reallocate, release };
    if (tp_check_version(TP_VERSION) != TP_RESULT_OK)
        fail("tp_check_version");
    /* Nothing has been allocated yet: it may be set, taken back and set again. */
    if (tp_set_allocator(&allocator) != TP_RESULT_OK || tp_set_allocator(NULL) != TP_RESULT_OK)
        fail("tp_set_allocator");
    allocator.user = &heap;
    if (tp_set_allocator(&allocator) != TP_RESULT_OK)
        fail("tp_set_allocator");

    uint64_t first = play("brawl", 120);
    size_t kept = atomic_load(&heap.bytes), blocks = atomic_load(&heap.blocks);
    if (play("brawl", 120) != first)
        fail("the same scene differs");
    if (atomic_load(&heap.calls) == 0 || atomic_load(&heap.most) < 16 * 1024 || atomic_load(&unused.calls) != 0)
        fail("the host's memory was not used");
    if (atomic_load(&heap.bytes) != kept || atomic_load(&heap.blocks) != blocks)
        fail("a scene kept memory after its end");
    if (tp_set_allocator(NULL) != TP_RESULT_NOT_ALLOWED)
        fail("the allocator was changed under living blocks");

    printf("%zu calls, %zu bytes at most, %zu kept, hash %016" PRIx64 "\n", atomic_load(&heap.calls),
           atomic_load(&heap.most), atomic_load(&heap.bytes), first);
    return 0;
}
