# Every sql/*.sql of a folder becomes a text constant SQL_<name>, and all of them a table for the test that
# prepares each against the schema.
#
#   zb_embed_sql(target folder...)   at configure time: adds the generated sql.c and sql.h to the target
if(NOT CMAKE_SCRIPT_MODE_FILE)
	set(ZB_EMBED_SQL ${CMAKE_CURRENT_LIST_FILE} CACHE INTERNAL "")
	function(zb_embed_sql target)
		list(TRANSFORM ARGN APPEND "/*.sql" OUTPUT_VARIABLE patterns)
		file(GLOB files CONFIGURE_DEPENDS ${patterns})
		set(out ${CMAKE_CURRENT_BINARY_DIR}/sql)
		add_custom_command(
			OUTPUT ${out}/sql.c ${out}/sql.h
			COMMAND ${CMAKE_COMMAND} -DOUT=${out} "-DFILES=${files}" -P ${ZB_EMBED_SQL}
			DEPENDS ${files} ${ZB_EMBED_SQL} VERBATIM)
		target_sources(${target} PRIVATE ${out}/sql.c)
		target_include_directories(${target} PUBLIC ${out})
	endfunction()
	return()
endif()

set(header "/* Generated from sql/ by embed_sql.cmake. */\n#ifndef ZHIBAO_SQL_H\n#define ZHIBAO_SQL_H\n\n#include <stddef.h>\n\n")
set(source "/* Generated from sql/ by embed_sql.cmake. */\n#include \"sql.h\"\n\n")
set(table "")
foreach(file IN LISTS FILES)
	get_filename_component(name ${file} NAME_WE)
	file(READ ${file} text)
	# A byte array, as string constants have a portable limit of 4095 characters.
	file(READ ${file} hex HEX)
	string(REGEX REPLACE "([0-9a-f][0-9a-f])" "(char)0x\\1," bytes "${hex}")
	string(APPEND header "extern const char SQL_${name}[];\n")
	string(APPEND source "const char SQL_${name}[] = {${bytes}0};\n")
	string(APPEND table "\t{\"${name}\", SQL_${name}},\n")
endforeach()
string(APPEND header "\nstruct sql_statement {\n\tconst char *name;\n\tconst char *text;\n};\nextern const struct sql_statement SQL_ALL[];\nextern const size_t SQL_COUNT;\n\n#endif\n")
string(APPEND source "\nconst struct sql_statement SQL_ALL[] = {\n${table}};\nconst size_t SQL_COUNT = sizeof(SQL_ALL) / sizeof(SQL_ALL[0]);\n")
file(WRITE ${OUT}/sql.h "${header}")
file(WRITE ${OUT}/sql.c "${source}")
