/* Pictures of the page, drawn with the colour of the text around them. */
/* SPDX-License-Identifier: Apache-2.0 */
const paths = {
  boat: "M3 14h18l-2.5 4.5a2 2 0 0 1-1.8 1H7.3a2 2 0 0 1-1.8-1zM11 12V3.5L5 12zM13 12V6l5.5 6z",
  search: "M10.5 4a6.5 6.5 0 1 0 4 11.6l4.7 4.7 1.4-1.4-4.7-4.7A6.5 6.5 0 0 0 10.5 4zm0 2a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM11 2h2v3h-2zM11 19h2v3h-2zM2 11h3v2H2zM19 11h3v2h-3zM4.200 5.6l1.4-1.4 2.100 2.100-1.4 1.4zM16.300 17.7l1.4-1.4 2.100 2.100-1.4 1.4zM4.200 18.4l2.100-2.100 1.4 1.4-2.100 2.100zM16.300 6.300l2.100-2.100 1.4 1.4-2.100 2.100z",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
  auto: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 2v14a7 7 0 0 1 0-14z",
};

export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
