"""La página de un encuentro."""

from datetime import time

import pytest
from django.urls import reverse

from talleres.models import Convocado, Encuentro, Facilitacion
from tests.conftest import entrar
from tests.fabricas import (
    AporteFactory,
    AutoridadFactory,
    EncuentroFactory,
    EntidadFactory,
    PuntoAgendaFactory,
)

pytestmark = pytest.mark.django_db


def ruta(encuentro):
    return reverse("talleres:encuentro", args=[encuentro.pk])


def ver(client, usuario, encuentro, **parametros):
    return entrar(client, usuario).get(ruta(encuentro), parametros)


def convocar(encuentro, *codigos):
    for codigo in codigos:
        Convocado.objects.create(encuentro=encuentro, gad_id=codigo)


# --- Quién la ve --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "ven"),
    [
        ("central", [200, 200]),
        ("observador", [200, 200]),
        ("zonal1", [200, 200]),
        ("zonal4", [404, 200]),
        ("plan_rioverde", [200, 404]),
        ("plan_chone", [404, 404]),
    ],
)
def test_fuera_de_la_jurisdiccion_es_404(client, elenco, encuentro1, encuentro2, quien, ven):
    entrar(client, elenco[quien])
    assert [client.get(ruta(uno)).status_code for uno in (encuentro1, encuentro2)] == ven


def test_sin_sesion_se_pide_ingresar(client, encuentro1):
    assert client.get(ruta(encuentro1)).status_code == 302


def test_de_los_grupos_ajenos_solo_se_dice_cuantos(client, zonal4, grupo1, grupo2):
    varios = EncuentroFactory(estrategia=grupo1.estrategia, grupos=[grupo1, grupo2])
    respuesta = ver(client, zonal4, varios)
    pagina = respuesta.content.decode()
    assert respuesta.context["grupos_ajenos"] == 1
    assert "y 1 fuera de su jurisdicción" in pagina
    assert grupo1.nombre not in pagina


# --- Qué muestra --------------------------------------------------------------------------------


def test_datos_de_un_dialogo(client, central, grupo1, territorio):
    autoridad = AutoridadFactory(gad=territorio.gad["0807"], nombre="Jofre Q.", cargo="Alcalde")
    dialogo = EncuentroFactory(
        estrategia=grupo1.estrategia,
        tipo="M2",
        tema="Diálogo de Rioverde",
        inicio=time(15),
        fin=time(17),
        jornada="tarde",
        gad=territorio.gad["0807"],
        canton=territorio.lugar["0807"],
        autoridad=autoridad,
        grupos=[grupo1],
        estado="realizado",
    )
    facilita, acompana = EntidadFactory(), EntidadFactory(clave="ame", siglas="AME", nombre="AME")
    Facilitacion.objects.create(encuentro=dialogo, entidad=facilita)
    Facilitacion.objects.create(encuentro=dialogo, entidad=acompana, papel="acompana")
    respuesta = ver(client, central, dialogo)
    pagina = respuesta.content.decode()
    for dicho in (
        "Momento 2 · Diálogo con alcalde/sa",
        "Realizado",
        "jueves 22 de agosto de 2019",
        "15:00 – 17:00",
        "Jofre Q., alcalde",
        "Grupo 1",
        territorio.gad["0807"].nombre_oficial,
    ):
        assert dicho in pagina
    assert respuesta.context["facilitan"] == [facilita]
    assert respuesta.context["acompanan"] == [acompana]


@pytest.mark.parametrize(
    ("clave", "dicho"), [("EVT-0826-2", "hora no consta en la fuente"), ("", "hora por fijar")]
)
def test_sin_hora_se_dice_por_que(client, central, estrategia, clave, dicho):
    sin_hora = EncuentroFactory(estrategia=estrategia, inicio=None, fin=None, clave=clave)
    assert dicho in ver(client, central, sin_hora).content.decode()


def test_agenda_con_minutos_responsables_y_subpuntos(client, central, encuentro1):
    PuntoAgendaFactory(
        encuentro=encuentro1,
        titulo="Evaluación cualitativa",
        inicio=time(8, 30),
        fin=time(12, 30),
        responsables="Coordinación Zonal",
        subpuntos="Coherencia interna\n\nCoherencia externa",
    )
    pagina = ver(client, central, encuentro1).content.decode()
    for dicho in ("240 min", "Coordinación Zonal", "<li>Coherencia externa</li>"):
        assert dicho in pagina
    assert "Valen las horas del cronograma" not in pagina


def test_se_avisa_si_la_agenda_tiene_otras_horas(client, central, encuentro1):
    PuntoAgendaFactory(encuentro=encuentro1, inicio=time(8, 30), fin=time(13))
    respuesta = ver(client, central, encuentro1)
    assert respuesta.context["horas_de_agenda"] == (time(8, 30), time(13))
    assert "La agenda va de 08:30 a 13:00" in respuesta.content.decode()


def test_sin_hora_fijada_no_hay_con_que_comparar(client, central, estrategia):
    sin_hora = EncuentroFactory(estrategia=estrategia, inicio=None, fin=None)
    PuntoAgendaFactory(encuentro=sin_hora)
    assert ver(client, central, sin_hora).context["horas_de_agenda"] is None


def test_las_dos_jornadas_se_enlazan_y_comparten_lo_declarado(client, central, encuentro1, grupo1):
    Encuentro.objects.filter(pk=encuentro1.pk).update(
        participantes_declarados=38, clave="EVT-0822-1"
    )
    tarde = EncuentroFactory(
        estrategia=grupo1.estrategia,
        jornada="tarde",
        inicio=time(13),
        fin=time(17),
        jornada_de=encuentro1,
        grupos=[grupo1],
    )
    dicho = "38 personas</strong> según el documento de 2019 (total declarado de las dos jornadas"
    for una, otra in ((encuentro1, tarde), (tarde, encuentro1)):
        pagina = ver(client, central, una).content.decode()
        assert f'href="{ruta(otra)}"' in pagina
        assert dicho in pagina


def test_sin_total_declarado_no_se_inventa(client, central, encuentro1):
    pagina = ver(client, central, encuentro1).content.decode()
    assert "Sin total declarado" in pagina
    assert "no tiene nómina en la plataforma" in pagina


def test_convocados_por_nivel_y_aportes(client, central, encuentro1):
    convocar(encuentro1, "080752", "08", "0807")
    AporteFactory(estrategia=encuentro1.estrategia, encuentro=encuentro1, texto="Más vías")
    AporteFactory(estrategia=encuentro1.estrategia, texto="De todos")
    respuesta = ver(client, central, encuentro1)
    niveles = respuesta.context["convocados"]
    assert [(nivel, [uno.gad_id for uno in suyos]) for nivel, suyos in niveles] == [
        ("GAD provincial", ["08"]),
        ("GAD municipal", ["0807"]),
        ("GAD parroquial rural", ["080752"]),
    ]
    assert [aporte.texto for aporte in respuesta.context["aportes"]] == ["Más vías"]


def test_el_cancelado_muestra_su_motivo(client, observador, estrategia):
    cancelado = EncuentroFactory(estrategia=estrategia, estado="cancelado", motivo="Paro vial")
    pagina = ver(client, observador, cancelado).content.decode()
    assert "Cancelado" in pagina
    assert "Paro vial" in pagina


@pytest.mark.parametrize(
    ("quien", "estado", "acciones"),
    [
        ("central", "planificado", {"editar", "cancelar"}),
        ("zonal1", "convocado", {"editar", "cancelar"}),
        ("zonal1", "realizado", {"editar"}),
        ("central", "cancelado", {"editar"}),
        ("observador", "planificado", set()),
        ("plan_rioverde", "planificado", set()),
    ],
)
def test_acciones_segun_rol_y_estado(client, elenco, encuentro1, quien, estado, acciones):
    Encuentro.objects.filter(pk=encuentro1.pk).update(estado=estado, motivo="Alguno")
    pagina = ver(client, elenco[quien], encuentro1).content.decode()
    rutas = {
        que: reverse(f"talleres:{que}_encuentro", args=[encuentro1.pk])
        for que in ("editar", "cancelar")
    }
    assert {que for que, direccion in rutas.items() if direccion in pagina} == acciones
    assert reverse("talleres:agenda_pdf", args=[encuentro1.pk]) in pagina


def test_bitacora_solo_a_quien_puede(client, central, observador, encuentro1):
    assert [e.que for e in ver(client, central, encuentro1, cambios=1).context["bitacora"]][-1] == (
        "Creó el encuentro"
    )
    assert ver(client, observador, encuentro1, cambios=1).context["bitacora"] == []


def test_la_bitacora_dice_los_nombres_y_no_las_claves(client, central, encuentro1, grupo2):
    encuentro1.gad_id, encuentro1._history_user = "0807", central
    encuentro1.save()
    encuentro1.grupos.set([grupo2])
    punto = PuntoAgendaFactory(encuentro=encuentro1, titulo="Registro")
    punto.inicio, punto._history_user = time(8, 15), central
    punto.save()
    respuesta = ver(client, central, encuentro1, cambios=1)
    dichos = {
        (entrada.que, c.campo): (c.antes, c.despues)
        for entrada in respuesta.context["bitacora"]
        for c in entrada.cambios
    }
    oficial = "Gobierno Autónomo Descentralizado Municipal de Rioverde"
    assert dichos == {
        ("Cambió el punto de agenda «Registro»", "inicio"): ("08:30", "08:15"),
        ("Cambió el encuentro", "GAD con el que se dialoga"): ("", oficial),
        ("Cambió el encuentro", "grupos"): (
            "Grupo 1 · Esmeraldas – Rioverde",
            "Grupo 2 · Muisne – Pedernales",
        ),
    }
    pagina = " ".join(respuesta.content.decode().split())
    assert "sin <del>Grupo 1 · Esmeraldas – Rioverde</del>, con <ins>Grupo 2" in pagina


def test_la_bitacora_no_nombra_grupos_ajenos(client, zonal4, central, encuentro2, grupo1):
    encuentro2._history_user = central
    encuentro2.nota = "Se suma otro grupo."
    encuentro2.save()
    encuentro2.grupos.add(grupo1)
    (cambio,) = [
        c
        for entrada in ver(client, zonal4, encuentro2, cambios=1).context["bitacora"]
        for c in entrada.cambios
        if c.campo == "grupos"
    ]
    assert (cambio.antes, cambio.despues) == ("", "(fuera de su vista)")


def test_crear_con_grupos_es_una_sola_entrada(client, central, encuentro1):
    (unica,) = ver(client, central, encuentro1, cambios=1).context["bitacora"]
    assert (unica.que, unica.cambios) == ("Creó el encuentro", [])


def test_lo_que_trajo_la_carga_no_llena_la_bitacora(client, central, encuentro1):
    convocar(encuentro1, "0807")
    PuntoAgendaFactory(encuentro=encuentro1)
    AporteFactory(estrategia=encuentro1.estrategia, encuentro=encuentro1)
    suyo = AporteFactory.build(estrategia=encuentro1.estrategia, encuentro=encuentro1, texto="Vías")
    suyo._history_user = central
    suyo.save()
    dichos = [
        entrada.que for entrada in ver(client, central, encuentro1, cambios=1).context["bitacora"]
    ]
    assert dichos == ["Creó el aporte «Vías»", "Creó el encuentro"]


def test_consultas_no_crecen(client, central, encuentro1, django_assert_num_queries):
    convocar(encuentro1, "0807")
    PuntoAgendaFactory(encuentro=encuentro1)
    AporteFactory(estrategia=encuentro1.estrategia, encuentro=encuentro1)
    entrar(client, central)
    with django_assert_num_queries(8):
        client.get(ruta(encuentro1))
    convocar(encuentro1, "0801", "080752")
    for _ in range(2):
        PuntoAgendaFactory(encuentro=encuentro1)
        AporteFactory(estrategia=encuentro1.estrategia, encuentro=encuentro1)
    with django_assert_num_queries(8):
        client.get(ruta(encuentro1))
