/** Remembers what was said, so that what goes on for a while is said once. */
export interface RecentMessages {
  /** Whether this was not heard of for a minute. */
  readonly isNews: (message: string) => boolean;
}

const forgottenAfterMs = 60_000;

/** `now` is in milliseconds. */
export function createRecentMessages(now: () => number): RecentMessages {
  /** What was heard of last stands last. */
  const heardAt = new Map<string, number>();
  return {
    isNews: (message) => {
      const at = now();
      for (const [old, oldAt] of heardAt) {
        if (at - oldAt < forgottenAfterMs) break;
        heardAt.delete(old);
      }
      const isNews = !heardAt.delete(message);
      heardAt.set(message, at);
      return isNews;
    },
  };
}
