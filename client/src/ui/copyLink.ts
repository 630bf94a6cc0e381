/** Puts the field's link into the clipboard. @param say what has become of it */
export function copyLink(field: HTMLInputElement, say: (text: string) => void): void {
  // Absent where the page does not come by HTTPS: there the link stands selected, for Ctrl+C.
  const { clipboard } = navigator as { clipboard?: Clipboard };
  const byHand = (): void => {
    field.focus();
    field.select();
    say('The link is selected: copy it with Ctrl+C');
  };
  if (!clipboard) byHand();
  else clipboard.writeText(field.value).then(() => say('Invite link copied'), byHand);
}
