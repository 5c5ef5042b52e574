/** What does not belong: outliers and changes. */
export {}
