"""La página de choques y la del encuentro: alcance, aceptar con un motivo, retirar y contar."""

from datetime import date, time, timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from talleres.aceptaciones import YaAceptado, aceptar_choque
from talleres.choques import Clase
from talleres.cuenta_choques import contar_choques
from talleres.lector_choques import choques_de_encuentro, choques_de_estrategia
from talleres.models import (
    ChoqueAceptado,
    Convocado,
    Encuentro,
    Facilitacion,
    Feriado,
    ParametrosDeAgenda,
    ResumenDeChoques,
    Traslado,
)
from territorios.models import Territorio
from tests.conftest import entrar
from tests.fabricas import (
    AutoridadFactory,
    EncuentroFactory,
    EntidadFactory,
    EstrategiaFactory,
    TrasladoFactory,
)

pytestmark = pytest.mark.django_db


def ruta(que="choques", codigo="piloto-2019"):
    return reverse(f"talleres:{que}", args=[codigo])


def facilita(*encuentros):
    for encuentro in encuentros:
        Facilitacion.objects.create(encuentro=encuentro, entidad=EntidadFactory())


def claves(choques):
    return [choque.clave for choque in choques]


def por_seccion(respuesta):
    """{título: cuántos} de las secciones con algo."""
    return {titulo: len(suyos) for titulo, suyos in respuesta.context["secciones"] if suyos}


@pytest.fixture
def feriado(encuentro1):
    """El choque del encuentro 1: cae en un feriado propio."""
    Feriado.objects.create(fecha=encuentro1.fecha, nombre="Fiesta de Rioverde")

    def leer(usuario):
        (choque,) = choques_de_estrategia(encuentro1.estrategia, usuario)
        return choque

    return leer


@pytest.fixture
def a_la_vez(encuentro1, encuentro2):
    """El equipo, en Rioverde (grupo 1) y en Pedernales (grupo 2) a la misma hora."""
    Encuentro.objects.filter(pk=encuentro2.pk).update(fecha=encuentro1.fecha)
    facilita(encuentro1, encuentro2)
    encuentro2.refresh_from_db()
    return SimpleNamespace(propio=encuentro1, ajeno=encuentro2)


# --- Lo que se lee de la base -------------------------------------------------------------------


def clases_de(encuentro, usuario, **otros):
    return [choque.clase for choque in choques_de_encuentro(encuentro, usuario, **otros)]


def test_lo_cancelado_no_choca(central, a_la_vez):
    assert clases_de(a_la_vez.propio, central) == [Clase.EQUIPO]
    Encuentro.objects.filter(pk=a_la_vez.ajeno.pk).update(estado="cancelado", motivo="Paro")
    assert clases_de(a_la_vez.propio, central) == []


def test_quien_solo_acompana_puede_estar_en_dos_sitios(central, a_la_vez):
    Facilitacion.objects.filter(encuentro=a_la_vez.ajeno).update(papel="acompana")
    assert clases_de(a_la_vez.propio, central) == []


def test_la_autoridad_y_el_gad_salen_de_la_base(central, territorio, encuentro1, grupo1):
    otro = EncuentroFactory(estrategia=grupo1.estrategia, lugar="Esmeraldas", grupos=[grupo1])
    alcalde = AutoridadFactory(gad=territorio.gad["0807"])
    Encuentro.objects.update(gad="0807", autoridad=alcalde)
    for encuentro in (encuentro1, otro):
        for codigo in ("0807", "0801"):
            Convocado.objects.create(encuentro=encuentro, gad_id=codigo)
    Encuentro.objects.update(tipo="C", clase="cierre")
    autoridad, gads = choques_de_encuentro(encuentro1, central)
    assert (autoridad.clase, gads.clase) == (Clase.AUTORIDAD, Clase.GAD)
    assert autoridad.explicacion.startswith(f"{alcalde.nombre} está")
    assert gads.explicacion.startswith("el GAD de Esmeraldas está")


@pytest.mark.parametrize(
    ("canton", "clases"), [("0807", []), ("0801", []), ("0803", [Clase.SEDE]), (None, [])]
)
def test_la_sede_es_un_canton_miembro(central, encuentro1, canton, clases):
    Encuentro.objects.update(canton=canton)
    assert clases_de(encuentro1, central) == clases


def test_la_sede_puede_ser_la_capital_de_la_provincia_miembro(central, encuentro1, grupo1):
    Encuentro.objects.update(canton="0801")
    grupo1.membresias.filter(gad="0801").delete()
    assert clases_de(encuentro1, central) == []
    grupo1.membresias.filter(gad="08").delete()
    assert clases_de(encuentro1, central) == [Clase.SEDE]


def test_la_sede_se_mira_el_dia_del_encuentro(central, encuentro1, grupo1):
    grupo1.membresias.filter(gad__in=["0807", "080752"]).update(hasta=encuentro1.fecha)
    assert clases_de(encuentro1, central) == [Clase.SEDE]


@pytest.mark.parametrize(("canton", "clases"), [(None, [Clase.FERIADO]), ("0803", [])])
def test_el_feriado_de_otro_canton_no_cuenta(central, encuentro1, canton, clases):
    Feriado.objects.create(fecha=encuentro1.fecha, nombre="Fiesta", canton_id=canton)
    assert clases_de(encuentro1, central) == clases


def test_valen_las_medidas_vigentes_el_dia_del_encuentro(central, encuentro1):
    Convocado.objects.create(encuentro=encuentro1, gad_id="08")
    Encuentro.objects.update(tipo="C", clase="cierre")
    hoy = encuentro1.fecha - timedelta(days=10)
    assert clases_de(encuentro1, central, hoy=hoy) == []
    ParametrosDeAgenda.objects.create(desde=date(2019, 9, 1), antelacion=1)
    ParametrosDeAgenda.objects.create(desde=date(2019, 8, 1), antelacion=10)
    ParametrosDeAgenda.objects.create(desde=date(2019, 1, 1), antelacion=2)
    assert clases_de(encuentro1, central, hoy=hoy) == [Clase.CONVOCATORIA]


@pytest.fixture
def seguidos(encuentro1, encuentro2):
    """Rioverde hasta las 12:30 y Pedernales desde las 13:00, el mismo día y equipo."""
    Encuentro.objects.filter(pk=encuentro2.pk).update(
        fecha=encuentro1.fecha, inicio=time(13), fin=time(17), jornada="tarde"
    )
    Territorio.objects.filter(pk="0807").update(lon="-79.4", lat="1.0")
    Territorio.objects.filter(pk="1317").update(lon="-80.0", lat="0.1")
    facilita(encuentro1, encuentro2)
    return encuentro1


def test_el_viaje_se_mide_entre_cantones_y_se_aprende_de_los_traslados(central, seguidos):
    assert clases_de(seguidos, central) == [Clase.TRASLADO]
    anotado = TrasladoFactory(
        estrategia=seguidos.estrategia, origen="Pedernales", hora=time(9), llegada=time(9, 20)
    )
    assert clases_de(seguidos, central) == []
    Traslado.objects.filter(pk=anotado.pk).update(llegada=time(9, 40))
    (choque,) = choques_de_encuentro(seguidos, central)
    assert "el viaje toma 40 (según los traslados anotados)" in choque.explicacion


def test_un_traslado_llega_despues_de_salir(estrategia):
    for hora, llegada in ((time(9), time(8)), (None, time(8))):
        with pytest.raises(IntegrityError), transaction.atomic():
            TrasladoFactory(estrategia=estrategia, hora=hora, llegada=llegada)


# --- La página ----------------------------------------------------------------------------------


def test_sin_choques_se_dice(client, central, encuentro1):
    pagina = entrar(client, central).get(ruta()).content.decode()
    assert "No hay choques." in pagina
    assert "<form" not in pagina.split("<main")[1]


def test_una_estrategia_que_no_existe_es_404(client, central):
    assert entrar(client, central).get(ruta(codigo="nada")).status_code == 404


def test_lo_pasado_y_lo_por_venir_van_aparte(client, central, encuentro1, feriado):
    por_venir = timezone.localdate() + timedelta(days=30)
    EncuentroFactory(estrategia=encuentro1.estrategia, fecha=por_venir, grupos=[])
    Feriado.objects.create(fecha=por_venir, nombre="Fiesta")
    respuesta = entrar(client, central).get(ruta())
    assert por_seccion(respuesta) == {"Por resolver": 1, "Ya ocurrieron": 1}


@pytest.mark.parametrize(
    ("filtro", "cuantos"),
    [
        ("", 2),
        ("?clase=feriado", 1),
        ("?clase=equipo", 1),
        ("?clase=sede", 0),
        ("?semana=2019-W34", 1),
        ("?semana=2019-W35", 1),
    ],
)
def test_los_filtros_van_en_la_direccion(
    client, central, encuentro1, encuentro2, feriado, filtro, cuantos
):
    gemelo = EncuentroFactory(
        estrategia=encuentro1.estrategia, fecha=encuentro2.fecha, grupos=encuentro2.grupos.all()
    )
    facilita(encuentro2, gemelo)
    respuesta = entrar(client, central).get(ruta() + filtro)
    assert respuesta.context["cuantos"] == cuantos
    for numero, grupo in ((1, encuentro1.grupos.get()), (1, encuentro2.grupos.get())):
        de_grupo = client.get(ruta() + f"?grupo={grupo.pk}")
        assert de_grupo.context["cuantos"] == numero


@pytest.mark.parametrize("filtro", ["clase=otra", "semana=2019-W01", "semana=ya", "grupo=999"])
def test_un_filtro_que_no_existe_es_400(client, central, feriado, filtro):
    assert entrar(client, central).get(f"{ruta()}?{filtro}").status_code == 400


@pytest.mark.parametrize("quien", ["central", "zonal1", "plan_rioverde", "observador"])
def test_consultas_constantes(
    client, elenco, encuentro1, grupo1, feriado, quien, django_assert_num_queries
):
    entrar(client, elenco[quien])
    with django_assert_num_queries(7):
        assert client.get(ruta()).context["cuantos"] == 1
    for _ in range(2):
        otro = EncuentroFactory(estrategia=encuentro1.estrategia, grupos=[grupo1])
        facilita(otro)
        Convocado.objects.create(encuentro=otro, gad_id="0807")
        TrasladoFactory(estrategia=encuentro1.estrategia, hora=time(8), llegada=time(9))
    with django_assert_num_queries(7):
        assert client.get(ruta()).context["cuantos"] > 3


# --- Alcance ------------------------------------------------------------------------------------


def test_cada_quien_ve_los_de_sus_encuentros(elenco, a_la_vez):
    estrategia = a_la_vez.propio.estrategia
    vistos = {
        nombre: [c.ajenas for c in choques_de_estrategia(estrategia, usuario)]
        for nombre, usuario in elenco.items()
    }
    assert vistos == {
        "central": [0],
        "observador": [0],
        "zonal1": [0],
        "observador1": [0],
        "zonal4": [1],
        "plan_rioverde": [1],
        "plan_esmeraldas": [1],
        "plan_chone": [],
        "inactivo": [],
    }


def test_de_lo_ajeno_no_se_lee_nada(client, plan_rioverde, a_la_vez):
    pagina = entrar(client, plan_rioverde).get(ruta()).content.decode()
    assert "otro encuentro fuera de su jurisdicción" in pagina
    assert "Pedernales" not in pagina
    assert a_la_vez.ajeno.get_absolute_url() not in pagina


def test_del_choque_de_otros_no_se_dice_ni_que_existe(client, zonal4, feriado, central):
    clave = feriado(central).clave
    for que in ("aceptar_choque", "retirar_choque"):
        respuesta = entrar(client, zonal4).post(ruta(que), {"clave": clave, "motivo": "Sí"})
        assert respuesta.status_code == 409
        assert "Fiesta" not in respuesta.content.decode()
    assert not ChoqueAceptado.objects.exists()


def test_el_motivo_lo_lee_quien_ve_todos_sus_encuentros(client, central, zonal4, a_la_vez):
    (choque,) = choques_de_encuentro(a_la_vez.propio, central)
    aceptar_choque(choque, a_la_vez.propio.estrategia, motivo="Van dos equipos", por=central)
    assert "Van dos equipos" in entrar(client, central).get(ruta()).content.decode()
    ajena = entrar(client, zonal4).get(ruta()).content.decode()
    assert "Van dos equipos" not in ajena
    assert "El motivo lo lee quien ve todos sus encuentros." in ajena


def test_quien_acepto_lee_siempre_su_motivo(client, zonal4, a_la_vez):
    (choque,) = choques_de_encuentro(a_la_vez.ajeno, zonal4)
    aceptar_choque(choque, a_la_vez.propio.estrategia, motivo="Van dos equipos", por=zonal4)
    assert "Van dos equipos" in entrar(client, zonal4).get(ruta()).content.decode()


# --- Aceptar y retirar --------------------------------------------------------------------------


def test_aceptar_con_motivo(client, zonal1, feriado):
    choque = feriado(zonal1)
    entrar(client, zonal1)
    enviado = {"clave": choque.clave, "motivo": "El municipio trabaja ese día"}
    respuesta = client.post(ruta("aceptar_choque"), enviado, follow=True)
    assert por_seccion(respuesta) == {"Aceptados": 1}
    assert "El municipio trabaja ese día" in respuesta.content.decode()
    aceptado = ChoqueAceptado.objects.get()
    assert (aceptado.por, aceptado.clave) == (zonal1, choque.clave)
    assert [e.pk for e in aceptado.encuentros.all()] == [c.pk for c in choque.citas]
    assert {paso.history_user for paso in aceptado.historia.all()} == {zonal1}


@pytest.mark.parametrize("motivo", ["", "   ", "x" * 1001])
def test_sin_motivo_no_se_acepta(client, zonal1, feriado, motivo):
    enviado = {"clave": feriado(zonal1).clave, "motivo": motivo}
    respuesta = entrar(client, zonal1).post(ruta("aceptar_choque"), enviado)
    assert respuesta.status_code == 400
    assert respuesta.context["form"].errors["motivo"]
    assert motivo in respuesta.content.decode()
    assert not ChoqueAceptado.objects.exists()


@pytest.mark.parametrize("que", ["aceptar_choque", "retirar_choque"])
def test_sin_decir_que_choque_es_400(client, zonal1, feriado, que):
    assert entrar(client, zonal1).post(ruta(que), {"motivo": "Sí"}).status_code == 400
    assert not ChoqueAceptado.objects.exists()


def test_la_base_exige_el_motivo(central, estrategia):
    with pytest.raises(IntegrityError), transaction.atomic():
        ChoqueAceptado.objects.create(estrategia=estrategia, clave="x", motivo="", por=central)


@pytest.mark.parametrize("quien", ["observador", "plan_rioverde"])
def test_quien_no_edita_no_acepta(client, elenco, feriado, quien):
    choque = feriado(elenco[quien])
    pagina = entrar(client, elenco[quien]).get(ruta()).content.decode()
    assert "Aceptar con un motivo" not in pagina
    for que in ("aceptar_choque", "retirar_choque"):
        enviado = {"clave": choque.clave, "motivo": "Sí"}
        assert client.post(ruta(que), enviado).status_code == 403
    assert not ChoqueAceptado.objects.exists()


def test_dos_aceptan_a_la_vez_y_gana_la_primera(client, central, zonal1, feriado, estrategia):
    choque = feriado(central)
    aceptar_choque(choque, estrategia, motivo="Primero", por=central)
    with pytest.raises(YaAceptado, match="ya lo había aceptado"):
        aceptar_choque(choque, estrategia, motivo="Segundo", por=zonal1)
    enviado = {"clave": choque.clave, "motivo": "Segundo"}
    respuesta = entrar(client, zonal1).post(ruta("aceptar_choque"), enviado)
    assert respuesta.status_code == 409
    assert "Segundo" in respuesta.content.decode()
    assert ChoqueAceptado.objects.get().motivo == "Primero"


def test_retirar_la_aceptacion(client, central, zonal1, feriado, estrategia):
    aceptado = aceptar_choque(feriado(central), estrategia, motivo="Sí", por=central)
    entrar(client, zonal1)
    respuesta = client.post(ruta("retirar_choque"), {"clave": aceptado.clave}, follow=True)
    assert por_seccion(respuesta) == {"Ya ocurrieron": 1}
    assert not ChoqueAceptado.objects.exists()
    ultimo = ChoqueAceptado.historia.first()
    assert (ultimo.history_type, ultimo.history_user, ultimo.motivo) == ("-", zonal1, "Sí")
    assert client.post(ruta("retirar_choque"), {"clave": aceptado.clave}).status_code == 409


def test_si_los_hechos_cambian_hay_que_volver_a_mirarlo(central, feriado, encuentro1, estrategia):
    aceptar_choque(feriado(central), estrategia, motivo="Sí", por=central)
    assert feriado(central).aceptado
    Encuentro.objects.update(fecha=date(2019, 12, 25))
    assert feriado(central).aceptado is None


def test_la_aceptacion_de_otra_estrategia_no_vale(central, feriado):
    otra = EstrategiaFactory(codigo="otra")
    aceptar_choque(feriado(central), otra, motivo="Sí", por=central)
    assert feriado(central).aceptado is None


# --- En el encuentro ----------------------------------------------------------------------------


def test_la_pagina_del_encuentro_avisa_a_quien_edita(
    client, central, observador, encuentro1, feriado
):
    aviso = "es feriado: Fiesta de Rioverde."
    enlace = f'href="{ruta()}#{feriado(central).ancla}"'
    pagina = entrar(client, central).get(encuentro1.get_absolute_url()).content.decode()
    assert (aviso in pagina, enlace in pagina) == (True, True)
    pagina = entrar(client, observador).get(encuentro1.get_absolute_url()).content.decode()
    assert aviso not in pagina


def test_del_encuentro_ya_hecho_se_dicen_en_la_lista(client, central, encuentro1, feriado):
    Encuentro.objects.filter(pk=encuentro1.pk).update(estado="realizado")
    aviso = feriado(central).explicacion
    assert aviso not in entrar(client, central).get(encuentro1.get_absolute_url()).text
    assert aviso in client.get(ruta()).text


def test_el_encuentro_y_la_lista_dicen_lo_mismo(central, seguidos):
    Feriado.objects.create(fecha=seguidos.fecha, nombre="Fiesta", canton_id="0807")
    de_la_lista = choques_de_estrategia(seguidos.estrategia, central)
    suyos = [c for c in de_la_lista if seguidos.pk in [cita.pk for cita in c.citas]]
    assert [c.clase for c in suyos] == [Clase.TRASLADO, Clase.FERIADO]
    assert claves(choques_de_encuentro(seguidos, central)) == claves(suyos)


# --- La cuenta del cronograma -------------------------------------------------------------------


def test_el_cronograma_enlaza_con_la_cuenta(client, elenco, a_la_vez, feriado_de_rioverde):
    contar_choques(a_la_vez.propio.estrategia_id)
    semana = reverse("talleres:cronograma", args=["piloto-2019", "2019-W34"])
    dichos = {}
    for quien in ("central", "zonal1", "zonal4", "plan_rioverde"):
        respuesta = entrar(client, elenco[quien]).get(semana)
        assert f'href="{ruta()}"' in respuesta.content.decode()
        dichos[quien] = respuesta.context["choques"]
    assert dichos == {"central": 2, "zonal1": 2, "zonal4": 1, "plan_rioverde": None}


@pytest.fixture
def feriado_de_rioverde(encuentro1):
    return Feriado.objects.create(fecha=encuentro1.fecha, nombre="Fiesta", canton_id="0807")


def test_sin_contar_todavia_se_enlaza_sin_cifra(client, central, encuentro1):
    respuesta = entrar(client, central).get(reverse("talleres:inicio"))
    assert respuesta.context["choques"] is None
    assert "Ver los choques" in respuesta.content.decode()


def test_la_cuenta_de_cada_zona_es_la_que_ve_su_gente(elenco, a_la_vez, feriado_de_rioverde):
    suelto = EncuentroFactory(
        estrategia=a_la_vez.propio.estrategia, tipo="C", clase="cierre", canton_id="1303"
    )
    Feriado.objects.create(fecha=suelto.fecha, nombre="Fiesta", canton_id="1303")
    resumen = contar_choques(suelto.estrategia_id)
    for quien in ("central", "zonal1", "zonal4"):
        vistos = choques_de_estrategia(suelto.estrategia, elenco[quien])
        assert resumen.para(elenco[quien]) == len(vistos), quien
    assert resumen.abiertos == {"pais": 3, "1": 2, "4": 2}


def test_lo_aceptado_no_se_cuenta(central, feriado, estrategia):
    assert contar_choques(estrategia.pk).abiertos == {"pais": 1, "1": 1}
    aceptar_choque(feriado(central), estrategia, motivo="Sí", por=central)
    assert contar_choques(estrategia.pk).abiertos == {"pais": 0}


def test_al_aceptar_y_al_cerrar_se_cuenta_de_nuevo(
    client, central, feriado, encuentro1, django_capture_on_commit_callbacks
):
    entrar(client, central)
    with django_capture_on_commit_callbacks(execute=True):
        cerrar = reverse("talleres:cerrar_encuentro", args=[encuentro1.pk])
        datos = {"version": encuentro1.version, "motivo": "Se perdió la hoja"}
        assert client.post(cerrar, datos).status_code == 302
    assert ResumenDeChoques.objects.get().abiertos["pais"] == 1
    with django_capture_on_commit_callbacks(execute=True):
        client.post(ruta("aceptar_choque"), {"clave": feriado(central).clave, "motivo": "Sí"})
    assert ResumenDeChoques.objects.get().abiertos["pais"] == 0


def test_la_orden_diaria_cuenta_todas_las_estrategias(feriado, capsys):
    EstrategiaFactory(codigo="otra", nombre="Otra")
    call_command("contar_choques")
    assert sorted(capsys.readouterr().out.splitlines()) == [
        "Otra: 0 sin aceptar",
        "Piloto Manabí-Esmeraldas 2019: 1 sin aceptar",
    ]
