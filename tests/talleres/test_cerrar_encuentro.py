"""Cerrar un encuentro: qué le falta, con qué motivo se cierra así y qué se completó después."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from talleres.acciones import EncuentroCerrado, NoProcede
from talleres.cierre import FaltaMotivo, cerrar_encuentro
from talleres.models import Cierre, Encuentro, Memoria, OrigenAcuerdo, Participante
from territorios.versiones import Conflicto
from tests.carreras import a_la_vez
from tests.conftest import entrar
from tests.fabricas import AcuerdoFactory, AporteFactory, EncuentroFactory

from .evidencias import evidencia_de

pytestmark = pytest.mark.django_db
TODO = "asistencia,aportes,acuerdos,evidencias,memoria"


def ruta(encuentro):
    return reverse("talleres:cerrar_encuentro", args=[encuentro.pk])


def cerrar(client, encuentro, **datos):
    return client.post(ruta(encuentro), {"version": 1, "motivo": "Lo demás llega mañana"} | datos)


def leer(encuentro):
    encuentro.refresh_from_db()
    return encuentro.estado, encuentro.version


def registrar(encuentro):
    return Participante.objects.create(encuentro=encuentro, nivel="otro", sexo="mujer", via="papel")


def acordar(encuentro):
    acuerdo = AcuerdoFactory(grupo=encuentro.grupos.get())
    return OrigenAcuerdo.objects.create(acuerdo=acuerdo, encuentro=encuentro)


COMPLETAN = {
    "asistencia": lambda encuentro, por: registrar(encuentro),
    "aportes": lambda encuentro, por: AporteFactory(
        estrategia=encuentro.estrategia, encuentro=encuentro
    ),
    "acuerdos": lambda encuentro, por: acordar(encuentro),
    "evidencias": lambda encuentro, por: evidencia_de(encuentro, por=por),
    "memoria": lambda encuentro, por: Memoria.objects.create(
        encuentro=encuentro, proximos_pasos="Volver"
    ),
}


# --- Quién y cuándo -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "estado"),
    [
        ("central", 302),
        ("zonal1", 302),
        ("zonal4", 404),
        ("observador", 403),
        ("plan_rioverde", 403),
    ],
)
def test_lo_cierra_quien_lo_edita(client, elenco, encuentro1, quien, estado):
    respuesta = cerrar(entrar(client, elenco[quien]), encuentro1)
    assert respuesta.status_code == estado
    assert leer(encuentro1) == (("realizado", 2) if estado == 302 else ("planificado", 1))
    assert Cierre.objects.count() == (1 if estado == 302 else 0)


@pytest.mark.parametrize(
    ("estado", "procede"),
    [
        ("planificado", True),
        ("convocado", True),
        ("reprogramado", True),
        ("realizado", False),
        ("cancelado", False),
    ],
)
def test_solo_desde_ciertos_estados(client, central, encuentro1, estado, procede):
    Encuentro.objects.filter(pk=encuentro1.pk).update(estado=estado, motivo="Alguno")
    entrar(client, central)
    assert (ruta(encuentro1) in client.get(encuentro1.get_absolute_url()).text) == procede
    assert client.get(ruta(encuentro1)).status_code == (200 if procede else 409)
    respuesta = cerrar(client, encuentro1)
    assert respuesta.status_code == (302 if procede else 409)
    if not procede:
        assert "ya no se puede cerrar" in respuesta.text
        assert "Lo demás llega mañana" in respuesta.text
        assert leer(encuentro1) == (estado, 1)


def test_no_se_cierra_antes_de_su_fecha(client, central, estrategia):
    futuro = EncuentroFactory(estrategia=estrategia, fecha=timezone.localdate() + timedelta(days=1))
    entrar(client, central)
    assert ruta(futuro) not in client.get(futuro.get_absolute_url()).text
    assert "todavía no se puede cerrar" in client.get(ruta(futuro)).text
    assert cerrar(client, futuro).status_code == 409
    assert leer(futuro) == ("planificado", 1)


def test_queda_un_solo_camino_para_darlo_por_realizado(client, central, encuentro1):
    pagina = entrar(client, central).get(encuentro1.get_absolute_url()).text
    assert "Marcar como realizado" not in pagina
    assert client.post(f"{encuentro1.get_absolute_url()}realizar/").status_code == 404


# --- Lo que falta -------------------------------------------------------------------------------


def test_sin_nada_se_dice_todo_lo_que_falta_y_donde_completarlo(client, zonal1, encuentro1):
    pagina = entrar(client, zonal1).get(ruta(encuentro1)).text
    assert "Le faltan 5 de 5 cosas" in pagina
    for nombre in ("anotar_acuerdo", "subir_evidencias", "editar_memoria", "aportes"):
        assert reverse(f"talleres:{nombre}", args=[encuentro1.pk]) in pagina


def test_sin_motivo_no_se_cierra_con_faltas(client, zonal1, encuentro1):
    respuesta = cerrar(entrar(client, zonal1), encuentro1, motivo="  ", participantes="12")
    assert respuesta.status_code == 400
    assert "Falta completar los aportes, los acuerdos, las evidencias y la ayuda" in respuesta.text
    assert 'value="12"' in respuesta.text
    assert leer(encuentro1) == ("planificado", 1)
    assert (encuentro1.participantes_declarados, Cierre.objects.count()) == (None, 0)
    assert not encuentro1.historia.filter(history_change_reason="Realización").exists()


def test_lo_que_falto_y_el_motivo_quedan_a_la_vista(client, zonal1, plan_rioverde, encuentro1):
    cerrar(entrar(client, zonal1), encuentro1)
    cierre = Cierre.objects.get()
    assert (cierre.faltaba, cierre.por) == (TODO, zonal1)
    assert cierre.historia.get().history_user == zonal1
    pagina = entrar(client, plan_rioverde).get(encuentro1.get_absolute_url()).text
    assert "Se cerró sin la asistencia, los aportes, los acuerdos" in pagina
    assert "Lo demás llega mañana" in pagina
    assert "Todavía falta: la asistencia, los aportes" in pagina


@pytest.mark.parametrize("clave", COMPLETAN)
def test_lo_que_se_completa_despues_se_descuenta(client, zonal1, encuentro1, clave):
    cerrar(entrar(client, zonal1), encuentro1)
    COMPLETAN[clave](encuentro1, zonal1)
    respuesta = client.get(encuentro1.get_absolute_url())
    quedan = [parte.clave for parte in respuesta.context["pendientes"]]
    assert quedan == [parte for parte in TODO.split(",") if parte != clave]


def test_con_todo_completo_no_hace_falta_motivo(client, zonal1, encuentro1):
    for completar in COMPLETAN.values():
        completar(encuentro1, zonal1)
    entrar(client, zonal1)
    assert "No le falta nada" in client.get(ruta(encuentro1)).text
    respuesta = cerrar(client, encuentro1, motivo="")
    assert respuesta.status_code == 302
    cierre = Cierre.objects.get()
    assert (cierre.faltaba, cierre.motivo) == ("", "")
    assert "Se cerró sin" not in client.get(encuentro1.get_absolute_url()).text


def test_lo_retirado_no_cuenta(zonal1, encuentro1):
    evidencia = evidencia_de(encuentro1, por=zonal1)
    type(evidencia).objects.update(retirada=timezone.now(), motivo_retiro="Pedido")
    Memoria.objects.create(encuentro=encuentro1, cambios_agenda="Ninguno")
    with pytest.raises(FaltaMotivo) as error:
        cerrar_encuentro(encuentro1, por=zonal1, version=1)
    assert [parte.clave for parte in error.value.faltas] == TODO.split(",")


# --- El total declarado -------------------------------------------------------------------------


def test_el_total_declarado_vale_como_asistencia(client, zonal1, encuentro1):
    respuesta = cerrar(entrar(client, zonal1), encuentro1, participantes="38")
    assert respuesta.status_code == 302
    encuentro1.refresh_from_db()
    assert encuentro1.participantes_declarados == 38
    assert "asistencia" not in Cierre.objects.get().faltaba
    assert encuentro1.historia.latest().history_change_reason == "Realización"


def test_sin_total_no_se_borra_el_que_habia(central, encuentro1):
    Encuentro.objects.filter(pk=encuentro1.pk).update(participantes_declarados=38)
    hecho = cerrar_encuentro(encuentro1, por=central, version=1, motivo="Así")
    assert (hecho.estado, hecho.participantes_declarados) == ("realizado", 38)


def test_el_total_va_en_la_primera_jornada_y_vale_para_las_dos(client, central, encuentro1, grupo1):
    tarde = EncuentroFactory(
        estrategia=grupo1.estrategia,
        fecha=date(2019, 8, 22),
        inicio=time(13),
        fin=time(17),
        jornada="tarde",
        jornada_de=encuentro1,
        grupos=[grupo1],
    )
    assert 'name="participantes"' not in entrar(client, central).get(ruta(tarde)).text
    with pytest.raises(NoProcede, match="primera jornada"):
        cerrar_encuentro(tarde, por=central, version=1, participantes=40, motivo="Así")
    assert leer(tarde) == ("planificado", 1)
    cerrar_encuentro(encuentro1, por=central, version=1, participantes=40, motivo="Así")
    cerrar_encuentro(tarde, por=central, version=1, motivo="Así")
    assert "asistencia" not in Cierre.objects.get(encuentro=tarde).faltaba


# --- A la vez -----------------------------------------------------------------------------------


def test_si_otra_persona_guardo_antes_no_se_cierra(client, central, encuentro1):
    Encuentro.objects.filter(pk=encuentro1.pk).update(version=2, tema="Otro tema")
    respuesta = cerrar(entrar(client, central), encuentro1, participantes="41")
    assert respuesta.status_code == 409
    assert "Otra persona cambió el encuentro" in respuesta.text
    assert 'value="41"' in respuesta.text and "Lo demás llega mañana" in respuesta.text
    assert leer(encuentro1) == ("planificado", 2)


@pytest.mark.django_db(transaction=True)
def test_dos_personas_lo_cierran_a_la_vez_y_gana_una(central, zonal1, encuentro1):
    personas = [central, zonal1]
    dados = a_la_vez(
        2,
        lambda n: cerrar_encuentro(encuentro1, por=personas[n], version=1, motivo=f"De {n}"),
    )
    (gana,) = [n for n, dado in enumerate(dados) if isinstance(dado, Encuentro)]
    assert isinstance(dados[1 - gana], Conflicto | EncuentroCerrado)
    assert Cierre.objects.get().motivo == f"De {gana}"
    assert leer(encuentro1) == ("realizado", 2)


@pytest.mark.parametrize("tecleado", [{"version": ""}, {"version": "uno"}, {"participantes": "-1"}])
def test_lo_mal_tecleado_se_dice(client, central, encuentro1, tecleado):
    respuesta = cerrar(entrar(client, central), encuentro1, **tecleado)
    assert respuesta.status_code == 400
    assert "No se cerró: revise lo siguiente." in respuesta.text
    assert leer(encuentro1) == ("planificado", 1)
