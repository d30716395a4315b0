# Run by `cmake --install`: the manual page and the completions, which the program itself prints.
# The caller sets `gantry_program`, and the folders `gantry_manuals` and `gantry_share` below CMAKE_INSTALL_PREFIX.
set(prefix "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}")

# write_output(FILE argument...): what the program prints with these arguments.
function(write_output file)
  message(STATUS "Installing: ${file}")
  get_filename_component(folder "${file}" DIRECTORY)
  file(MAKE_DIRECTORY "${folder}")
  execute_process(COMMAND "${gantry_program}" ${ARGN} OUTPUT_FILE "${file}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(manual "${prefix}/${gantry_manuals}/man1/gantry.1")
write_output("${manual}" manual)
# Without its name and time, so that each run gives the same file.
execute_process(COMMAND gzip -9nf "${manual}" COMMAND_ERROR_IS_FATAL ANY)
write_output("${prefix}/${gantry_share}/bash-completion/completions/gantry" completion bash)
write_output("${prefix}/${gantry_share}/fish/vendor_completions.d/gantry.fish" completion fish)
# Debian's zsh looks here below /usr, and there below /usr/local.
set(zsh vendor-completions)
if(NOT prefix MATCHES "/usr$")
  set(zsh site-functions)
endif()
write_output("${prefix}/${gantry_share}/zsh/${zsh}/_gantry" completion zsh)
