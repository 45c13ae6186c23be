declare const brand: unique symbol;

/** A nominal type: a `Base` that was checked once, where its bytes entered. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
