/** Order flow and liquidity. */
export {}
