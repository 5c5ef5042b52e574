/** The cost of trading: schedules and impact. */
export {}
