"""La carga del piloto de 2019: los hechos de la fuente, la repetición y los rechazos."""

import json
from collections import Counter
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from acompanamiento.insumos import veredicto_de
from acompanamiento.management.commands.medir_agrupacion import grupos_de_la_fuente
from acompanamiento.models import Estrategia, Grupo, Hito, HitoGrupo
from pdot.acciones_instrumento import faltas_para_publicar
from pdot.models import (
    ElementoVision,
    Evaluacion,
    Instrumento,
    Paso,
    Pdot,
    Pregunta,
    Problema,
    Respuesta,
    Seccion,
)
from pdot.piloto import cargar_catalogos, cargar_piloto
from talleres.models import Aporte, Encuentro, Facilitacion, PuntoAgenda, Traslado
from territorios.cargas import cargar_dpa
from territorios.lectura import CargaRechazada
from territorios.models import Autoridad, Entidad, EspacioCoordinacion, NombreInstitucion
from territorios.piloto import MOTIVO
from tests.datos import DPA, PILOTO, cambiar_json, copiar, filas_por_tabla, transaccion_comun

pytestmark = pytest.mark.django_db

TALLERES = {
    "EVT-0822-1": "EVT-0822-2",
    "EVT-0828-1": "EVT-0828-2",
    "EVT-0829-2": "EVT-0829-3",
    "EVT-0902-1": "EVT-0902-2",
}


@pytest.fixture(scope="class")
def dpa(django_db_setup, django_db_blocker):
    with transaccion_comun(django_db_blocker):
        yield cargar_dpa(DPA)


@pytest.fixture(scope="class")
def piloto(dpa):
    return cargar_piloto(PILOTO)


@pytest.fixture
def carpeta(tmp_path):
    return copiar(PILOTO, tmp_path)


def encuentro(clave):
    return Encuentro.objects.get(clave=clave)


@pytest.mark.usefixtures("piloto")
class TestLoQueQuedaCargado:
    def test_los_espacios_que_la_fuente_nombra_sin_inventar_miembros(self):
        espacios = EspacioCoordinacion.objects.values_list("tipo", "zona", "miembros")
        assert sorted(espacios, key=str) == [
            ("consorcio", None, None),
            ("mancomunidad", None, None),
            ("mesa_zonal", 4, None),
        ]

    @pytest.mark.parametrize(
        ("numero", "sede", "zona", "criterio", "secundarios", "miembros"),
        [
            (1, "0801", 1, "Desarrollo turístico", [], (1, 3, 17)),
            (2, "1317", 4, "Gestión de riesgos", ["Desarrollo pesquero"], (2, 5, 14)),
            (3, "1303", 4, "Desarrollo endógeno", [], (1, 1, 7)),
            (4, "1308", 4, "Conectividad", ["Desarrollo pesquero"], (1, 3, 3)),
        ],
    )
    def test_grupos(self, numero, sede, zona, criterio, secundarios, miembros):
        grupo = Grupo.objects.para_lista().get(numero=numero)
        assert (grupo.estado, grupo.sede_id, grupo.zona_id) == ("cerrado", sede, zona)
        assert grupo.criterio.nombre == criterio
        assert [str(c) for c in grupo.criterios_secundarios.all()] == secundarios
        assert (grupo.provinciales, grupo.municipales, grupo.parroquiales) == miembros

    def test_el_grupo_cancelado_lleva_su_motivo(self):
        grupo = Grupo.objects.get(numero=5)
        assert grupo.estado == "cancelado" and "Zonal 1" in grupo.motivo
        assert {m.gad_id for m in grupo.membresias.all()} == {"0802", "0805"}

    @pytest.mark.parametrize(
        ("numero", "zona", "miembros"),
        [
            (6, 4, (1, 3, 13)),
            (7, 4, (1, 5, 14)),
            (8, 4, (1, 5, 8)),
            (9, 4, (3, 4, 19)),
            (10, 1, (1, 2, 27)),
        ],
    )
    def test_los_cinco_que_recomienda_la_fuente_quedan_propuestos(self, numero, zona, miembros):
        grupo = Grupo.objects.para_lista().get(numero=numero)
        assert (grupo.estado, grupo.zona_id, grupo.sede, grupo.criterio) == (
            "propuesto",
            zona,
            None,
            None,
        )
        assert (grupo.provinciales, grupo.municipales, grupo.parroquiales) == miembros
        assert grupo.fuente == "Sección 8, recomendación 6, l. 840"

    def test_los_propuestos_son_los_cantones_que_se_comparan_con_el_motor(self):
        cantones = [
            {gad.pk for gad in grupo.miembros() if gad.nivel == "municipal"}
            for grupo in Grupo.objects.filter(estado="propuesto").order_by("numero")
        ]
        assert cantones == grupos_de_la_fuente()

    def test_solo_el_que_no_es_contiguo_lleva_justificacion(self):
        contiguos = {
            grupo.numero: (
                veredicto_de([gad.pk for gad in grupo.miembros()]).contiguo,
                grupo.justificacion == "",
            )
            for grupo in Grupo.objects.filter(estado="propuesto")
        }
        assert contiguos == {
            6: (True, True),
            7: (True, True),
            8: (False, False),
            9: (True, True),
            10: (True, True),
        }

    def test_la_hoja_de_ruta_de_cada_propuesto_son_los_cinco_pasos_por_acordar(self):
        hojas = {}
        for paso in HitoGrupo.objects.order_by("grupo__numero", "hito__orden"):
            assert (paso.fecha_inicio, paso.fecha_meta) == (None, None)
            hojas.setdefault(paso.grupo.numero, []).append(paso.hito.orden)
        assert hojas == dict.fromkeys(range(6, 11), [1, 2, 3, 4, 5])

    def test_encuentros_y_traslados_del_cronograma(self):
        por_tipo = Counter(Encuentro.objects.values_list("tipo", flat=True))
        assert por_tipo == {"M1": 1, "M2": 11, "M3": 8, "C": 18}
        assert set(Encuentro.objects.values_list("estado", flat=True)) == {"realizado"}
        assert Traslado.objects.count() == 18
        sin_hora = Encuentro.objects.filter(inicio=None).values_list("clave", "jornada")
        assert set(sin_hora) == {
            ("EVT-0826-2", "manana"),
            ("EVT-0830-3", "manana"),
            ("EVT-0903-2", "tarde"),
        }

    def test_la_jornada_de_cada_uno_es_la_de_su_hora(self):
        con_hora = Encuentro.objects.exclude(inicio=None)
        assert con_hora.count() == 35
        for uno in con_hora:
            assert Encuentro.Jornada.de(uno.inicio) == uno.jornada, uno.clave

    def test_cada_dia_va_del_19_de_agosto_al_5_de_septiembre(self):
        estrategia = Estrategia.objects.get()
        fechas = list(Encuentro.objects.values_list("fecha", flat=True))
        assert (min(fechas), max(fechas)) == (estrategia.desde, estrategia.hasta)
        assert (estrategia.desde, estrategia.hasta) == (date(2019, 8, 19), date(2019, 9, 5))

    def test_los_puestos_del_dia_no_se_repiten(self):
        claves = [*Encuentro.objects.values_list("clave", flat=True)]
        claves += [f"{t.clave[:9]}{t.orden}" for t in Traslado.objects.all()]
        assert len(set(claves)) == 56

    def test_los_talleres_tienen_dos_jornadas_y_un_total(self):
        for manana, tarde in TALLERES.items():
            assert encuentro(tarde).jornada_de == encuentro(manana)
            assert (encuentro(manana).jornada, encuentro(tarde).jornada) == ("manana", "tarde")
        declarados = Encuentro.objects.exclude(participantes_declarados=None).order_by("fecha")
        totales = {e.clave: e.participantes_declarados for e in declarados}
        assert totales == dict(zip(TALLERES, (38, 74, 21, 22), strict=True))

    @pytest.mark.parametrize(
        ("clave", "cuantos"),
        [("EVT-0822-1", 4), ("EVT-0822-2", 21), ("EVT-0828-1", 7), ("EVT-0828-2", 21)]
        + [("EVT-0829-2", 2), ("EVT-0829-3", 9), ("EVT-0902-1", 4), ("EVT-0902-2", 7)],
    )
    def test_convocados_a_los_talleres(self, clave, cuantos):
        assert encuentro(clave).convocados.count() == cuantos

    def test_cada_dialogo_tiene_su_gad_y_su_autoridad(self):
        for dialogo in Encuentro.objects.filter(tipo__in=["M1", "M2"]):
            assert dialogo.autoridad.gad_id == dialogo.gad_id
            assert [c.gad_id for c in dialogo.convocados.all()] == [dialogo.gad_id]
        municipios = Encuentro.objects.filter(tipo="M2").values_list("gad", flat=True)
        assert len(set(municipios)) == 11 and "0801" not in municipios

    def test_facilita_la_stpe_con_su_zona_y_acompanan_las_asociaciones(self):
        papeles = Facilitacion.objects.filter(encuentro__clave="EVT-0828-1")
        assert {(f.entidad.clave, f.papel) for f in papeles} == {
            ("stpe", "facilita"),
            ("stpe-zona-1", "facilita"),
            ("stpe-zona-4", "facilita"),
            ("consultoria-ue", "facilita"),
            ("congope", "acompana"),
            ("ame", "acompana"),
            ("conagopare", "acompana"),
        }

    def test_la_agenda_reparte_los_trece_puntos_y_el_12_solo_en_dos_sedes(self):
        for manana, tarde in TALLERES.items():
            ordenes = list(encuentro(manana).agenda.values_list("orden", flat=True))
            assert ordenes == list(range(1, 8))
            con_meta = tarde in ("EVT-0822-2", "EVT-0828-2")
            esperados = [n for n in range(8, 14) if n != 12 or con_meta]
            assert list(encuentro(tarde).agenda.values_list("orden", flat=True)) == esperados
        assert PuntoAgenda.objects.filter(orden=4).first().minutos == 60

    def test_aportes_comunes_por_momento(self):
        comunes = Aporte.objects.filter(grupo=None, encuentro=None)
        por_momento = Counter(comunes.values_list("momento", flat=True))
        assert por_momento == {"M1": 5, "M2": 10, "previo": 12}

    def test_los_aportes_que_la_fuente_dice_de_que_taller_salen(self):
        de_talleres = Aporte.objects.exclude(encuentro=None)
        por_taller = Counter(de_talleres.values_list("encuentro__clave", "momento"))
        assert por_taller == {("EVT-0822-1", "M3"): 7, ("EVT-0822-2", "M3"): 8}
        assert not Aporte.objects.exclude(grupo=None).exists()

    @pytest.mark.parametrize(
        ("nivel", "cuantas"), [("provincial", 18), ("municipal", 19), ("parroquial", 20)]
    )
    def test_preguntas_por_nivel(self, nivel, cuantas):
        """Las de la versión 1, en que están las evaluaciones del piloto: no cambia."""
        instrumento = Instrumento.objects.get(numero=1)
        assert len(Pregunta.objects.para_nivel(instrumento, nivel)) == cuantas
        optativas = Pregunta.objects.filter(seccion__instrumento=instrumento, obligatoria=False)
        assert set(optativas.values_list("codigo", flat=True)) == {"X4", "X5"}

    @pytest.mark.parametrize(
        ("nivel", "fichas"),
        [
            ("provincial", {"F1", "B1", "F3", "C5"}),
            ("municipal", {"F1", "B1", "F3", "C5", "G1", "G2", "G3", "G4", "G5"}),
            ("parroquial", {"G1", "G2", "G3", "G4", "G5"}),
        ],
    )
    def test_la_version_vigente_pregunta_las_fichas_de_cada_nivel(self, nivel, fichas):
        vigente = Instrumento.objects.vigente()
        assert vigente.numero == 2
        preguntas = Pregunta.objects.para_nivel(vigente, nivel)
        suyas = {p.codigo for p in preguntas if p.seccion.codigo in ("insercion", "articulacion")}
        assert suyas == fichas
        hojas = {s.codigo for s in vigente.secciones.all() if s.es_hoja}
        assert hojas == {"vinculos", "informacion", "vision"}
        assert faltas_para_publicar(vigente) == []

    def test_cada_seccion_dice_a_que_indicador_suma(self):
        suman = Seccion.objects.exclude(mide="").order_by("instrumento__numero", "orden")
        assert list(suman.values_list("instrumento__numero", "codigo", "mide")) == [
            (1, "interna", "interna"),
            (1, "plan_gobierno", "gobierno"),
            (2, "interna", "interna"),
            (2, "plan_gobierno", "gobierno"),
            (2, "insercion", "gobierno"),
        ]

    def test_la_version_vigente_conserva_los_codigos_de_escala(self):
        escala = [
            set(
                Pregunta.objects.filter(
                    seccion__instrumento__numero=numero,
                    seccion__codigo="interna",
                    tipo="escala",
                ).values_list("codigo", flat=True)
            )
            for numero in (1, 2)
        ]
        assert escala[0] < escala[1]

    def test_un_pdot_por_miembro_y_cuatro_evaluaciones(self):
        assert Pdot.objects.count() == 55
        gads = Evaluacion.objects.values_list("pdot__gad", "numero", "estado", "transcrita")
        assert set(gads) == {(gad, 1, "aprobada", True) for gad in ("08", "0801", "0806", "0807")}
        valores = Counter(Respuesta.objects.exclude(valor="").values_list("valor", flat=True))
        assert valores == {"si": 12, "no": 9, "parcial": 3}
        assert Respuesta.objects.count() == 40
        assert not Problema.objects.exists()

    def test_lo_dudoso_queda_dicho(self):
        dudosa = Respuesta.objects.get(evaluacion__pdot__gad="0807", pregunta__codigo="V1")
        assert dudosa.dudosa
        segura = Respuesta.objects.get(evaluacion__pdot__gad="0807", pregunta__codigo="O3")
        assert not segura.dudosa
        assert segura.texto == "Visibilizan las necesidades del territorio"

    def test_el_paso_dice_que_se_transcribio(self):
        pasos = Paso.objects.all()
        assert {(p.de, p.a, p.por) for p in pasos} == {("", "aprobada", None)}
        assert all("Transcrita" in paso.comentario for paso in pasos)

    def test_elementos_de_vision(self):
        comunes = ElementoVision.objects.filter(gads=None).exclude(grupo=None)
        assert Counter(comunes.values_list("grupo__numero", flat=True)) == {1: 7, 2: 8, 3: 5, 4: 7}
        de_dos = ElementoVision.objects.filter(grupo__numero=2, orden__gt=8)
        assert [e.orden for e in de_dos.order_by("orden")] == list(range(9, 19))
        assert {g.pk for g in de_dos.get(orden=9).gads.all()} == {"1314", "1322"}
        assert {g.pk for g in de_dos.get(orden=14).gads.all()} == {"1317", "1320"}

    def test_la_institucion_de_cada_fecha(self):
        siglas = [
            NombreInstitucion.objects.en(fecha).siglas
            for fecha in (date(2019, 4, 1), date(2019, 9, 5), date(2026, 1, 1))
        ]
        assert siglas == ["Senplades", "STPE", "SNP"]

    def test_nadie_que_no_sea_autoridad_elegida(self):
        assert Autoridad.objects.count() == 14
        texto = "".join(ruta.read_text() for ruta in PILOTO.glob("*.json")).casefold()
        assert "zambrano" in texto
        for persona in ("guzm", "molina", "ventimilla"):
            assert persona not in texto

    def test_todo_entra_con_motivo_en_la_historia(self):
        for modelo in (Grupo, HitoGrupo, Encuentro, Evaluacion, ElementoVision):
            motivos = set(modelo.historia.values_list("history_change_reason", flat=True))
            assert motivos == {MOTIVO}


@pytest.mark.usefixtures("piloto")
class TestRepetir:
    def test_la_segunda_carga_no_cambia_nada(self):
        antes = filas_por_tabla()
        assert cargar_piloto(PILOTO).cambios == 0
        assert filas_por_tabla() == antes

    def test_no_pisa_lo_que_se_edito(self):
        Estrategia.objects.update(nombre="Otro nombre")
        Grupo.objects.filter(numero=1).update(nombre="Litoral", criterio=None)
        Grupo.objects.get(numero=2).membresias.filter(gad="1320").update(hasta=date(2020, 1, 1))
        taller = encuentro("EVT-0822-1")
        taller.agenda.all().delete()
        taller.convocados.all().delete()
        Encuentro.objects.filter(pk=taller.pk).update(tema="Otro tema")
        Autoridad.objects.filter(gad="08").update(desde=date(2019, 5, 14), nombre="Otra persona")
        NombreInstitucion.objects.filter(siglas="STPE").update(desde=date(2019, 5, 28))
        Entidad.objects.filter(clave="ame").update(nombre="AME nacional")
        Grupo.objects.filter(numero=6).update(estado="conformado", nombre="Sur de Manabí")
        HitoGrupo.objects.filter(grupo__numero=6, hito__orden=5).delete()
        Hito.objects.filter(clave="vision-compartida").update(nombre="Visión acordada")
        Pdot.objects.filter(gad="0807").update(anio_desde=2014, anio_hasta=2018)
        antes = filas_por_tabla()
        assert cargar_piloto(PILOTO).cambios == 0
        assert filas_por_tabla() == antes
        assert Grupo.objects.get(numero=1).nombre == "Litoral"
        assert encuentro("EVT-0822-1").tema == "Otro tema"
        assert Pdot.objects.get(gad="0807").anio_desde == 2014
        assert Grupo.objects.get(numero=6).nombre == "Sur de Manabí"

    def test_con_la_version_2_de_una_evaluacion_abierta(self):
        primera = Evaluacion.objects.get(pdot__gad="0807")
        Evaluacion.objects.create(
            pdot=primera.pdot, instrumento=primera.instrumento, numero=2, estado="borrador"
        )
        antes = filas_por_tabla()
        cargar_piloto(PILOTO)
        assert filas_por_tabla() == antes

    def test_repone_lo_que_falta_entero(self, carpeta):
        encuentro("EVT-0822-2").delete()
        resumen = cargar_piloto(carpeta)
        assert resumen.tablas["encuentros"].creados == 1
        repuesto = encuentro("EVT-0822-2")
        assert repuesto.jornada_de == encuentro("EVT-0822-1")
        assert (repuesto.convocados.count(), repuesto.agenda.count()) == (21, 6)

    def test_la_orden_dice_que_hizo(self, capsys):
        call_command("cargar_piloto")
        salida = capsys.readouterr().out
        assert "encuentros: 0 altas, 0 cambios, 38 sin cambio" in salida


R = "registros"
RECHAZOS = [
    ("entidades.json", (R, 1, "tipo"), "otra", "registro 2, campo «tipo», valor «otra»"),
    ("entidades.json", (R, 1, "clave"), "stpe", "repetido: ya está en el registro 1"),
    (
        "espacios.json",
        (R, 0, "zona"),
        99,
        "registro 1, campo «zona», valor «99»: no existe la zona",
    ),
    ("institucion.json", (R, 1, "hasta"), "2019-01-01", "debe ser posterior a «desde»"),
    ("autoridades.json", (R, 0, "gad"), "9999", "no existe el GAD «9999»"),
    ("autoridades.json", (R, 0, "desde"), "15-05-2019", "no es una fecha AAAA-MM-DD"),
    ("estrategia.json", (R, 0, "hasta"), "2019-08-01", "debe ser posterior"),
    ("estrategia.json", (R, 0, "elementos", 0, "tipo"), "x", "1.elementos.1, campo «tipo»"),
    ("grupos.json", ("estrategia",), "otra", "grupos.json, campo «estrategia», valor «otra»"),
    ("grupos.json", (R, 0, "municipales"), ["0801", "080751"], "el «080751»"),
    ("grupos.json", (R, 0, "parroquiales"), ["080751", "080751"], "valores repetidos"),
    ("grupos.json", (R, 0, "sede"), "1301", "uno de los cantones del grupo"),
    ("grupos.json", (R, 0, "zona"), 99, "no existe la zona «99»"),
    ("grupos.json", (R, 4, "motivo"), "", "registro 5, campo «motivo», valor «»: falta el dato"),
    ("grupos.json", (R, 0, "nombre"), "x" * 121, "120 caracteres"),
    ("encuentros.json", (R, 3, "fin"), "05:00", "debe ser posterior a «inicio»"),
    ("encuentros.json", (R, 3, "inicio"), "25:00", "no es una hora HH:MM"),
    ("encuentros.json", (R, 3, "tipo"), "M9", "campo «clase»"),
    ("encuentros.json", (R, 3, "canton"), "08", "no existe el cantón «08»"),
    ("encuentros.json", (R, 3, "grupos"), [99], "no existe el grupo «99»"),
    ("hoja_ruta.json", ("hitos",), ["otro"], "campo «hitos», valor «['otro']»: no existe el hito"),
    ("hoja_ruta.json", (R, 0, "cantones"), ["1310", "080751"], "el GAD municipal «080751»"),
    ("hoja_ruta.json", (R, 0, "provincias"), ["99"], "no existe el GAD provincial «99»"),
    ("hoja_ruta.json", (R, 0, "desde"), "", "registro 1, campo «desde», valor «»: falta el dato"),
    ("hoja_ruta.json", (R, 1, "numero"), 6, "repetido: ya está en el registro 1"),
    (
        "hoja_ruta.json",
        (R, 2, "justificacion"),
        "",
        "campo «justificacion», valor «»: hace falta: Flavio Alfaro no limita con el resto.",
    ),
    ("encuentros.json", (R, 3, "facilitan"), ["nadie"], "no existe la entidad «nadie»"),
    ("encuentros.json", (R, 3, "jornada_de"), "EVT-9", "no existe antes en el archivo"),
    ("agendas.json", (R, 0, "inicio"), None, "registro 1, campo «inicio»: falta el dato"),
    ("agendas.json", (R, 8, "orden"), "08", "registro 9, campo «orden», valor «08»: no es un"),
    ("agendas.json", (R, 0, "encuentros"), ["EVT-9"], "no existe el encuentro «EVT-9»"),
    ("traslados.json", (R, 0, "modo"), "a pie", "campo «modo», valor «a pie»"),
    ("aportes.json", (R, 0, "momento"), "M7", "campo «momento», valor «M7»"),
    ("aportes.json", (R, 27, "momento"), "M1", "campo «momento», valor «M1»: el encuentro es M3"),
    ("aportes.json", (R, 27, "encuentro"), "EVT-9", "no existe el encuentro «EVT-9»"),
    ("instrumento.json", (R, 0, "secciones", 1, "codigo"), "interna", "repetido"),
    ("pdot.json", (R, 0, "anio_hasta"), 2010, "debe estar entre «anio_desde» (2015) y 2100"),
    ("evaluaciones.json", (R, 0, "gad"), "1301", "ese GAD no tiene un PDOT"),
    ("evaluaciones.json", (R, 0, "respuestas", 0, "pregunta"), "X2", "para ese nivel la pregunta"),
    ("evaluaciones.json", (R, 0, "respuestas", 0, "valor"), "tal vez", "1.respuestas.1"),
    ("evaluaciones.json", (R, 0, "respuestas", 6, "valor"), "si", "no es de escala"),
    ("vision.json", (R, 36, "gads"), ["0"], "registro 37, campo «gads»"),
    ("vision.json", (R, 0, "texto"), "x\x00y", "carácter nulo"),
    ("vision.json", (R,), "nada", "campo «registros», valor «nada»: debe ser una lista"),
]


@pytest.mark.usefixtures("dpa")
class TestRechazos:
    @pytest.mark.parametrize(("archivo", "camino", "valor", "mensaje"), RECHAZOS)
    def test_dice_donde_y_no_escribe_nada(self, carpeta, archivo, camino, valor, mensaje):
        cambiar_json(carpeta, archivo, camino, valor)
        antes = filas_por_tabla()
        with pytest.raises(CargaRechazada) as rechazo:
            cargar_piloto(carpeta)
        assert str(rechazo.value).startswith(archivo)
        assert mensaje in str(rechazo.value)
        assert filas_por_tabla() == antes

    def test_archivo_que_falta(self, carpeta):
        (carpeta / "vision.json").unlink()
        antes = filas_por_tabla()
        with pytest.raises(CommandError, match=r"No se cargó nada\. vision\.json: no está"):
            call_command("cargar_piloto", carpeta=carpeta)
        assert filas_por_tabla() == antes

    def test_json_mal_escrito(self, carpeta):
        (carpeta / "grupos.json").write_text(json.dumps({"registros": []})[:-3])
        with pytest.raises(CargaRechazada, match=r"grupos\.json: no es un JSON bien formado"):
            cargar_piloto(carpeta)


def test_sin_la_dpa_dice_que_falta():
    with pytest.raises(CargaRechazada, match="primero cargue la DPA"):
        cargar_piloto(PILOTO)


class TestCatalogos:
    """Lo que necesita una instalación que no carga el piloto."""

    def test_sin_dpa_ni_piloto(self):
        call_command("cargar_catalogos", verbosity=0)
        assert NombreInstitucion.objects.exists()
        assert Entidad.objects.exists()
        assert set(Instrumento.objects.values_list("numero", "publicado")) == {
            (1, True),
            (2, True),
        }
        assert Pregunta.objects.count() > 20
        assert not Estrategia.objects.exists()
        assert not Autoridad.objects.exists()

    def test_repetida_no_cambia_nada(self):
        call_command("cargar_catalogos", verbosity=0)
        antes = filas_por_tabla()
        assert cargar_catalogos(PILOTO).cambios == 0
        assert filas_por_tabla() == antes

    def test_o_todo_o_nada(self, carpeta):
        (carpeta / "instrumento.json").unlink()
        with pytest.raises(CommandError, match="No se cargó nada"):
            call_command("cargar_catalogos", carpeta=carpeta)
        assert not Entidad.objects.exists()
