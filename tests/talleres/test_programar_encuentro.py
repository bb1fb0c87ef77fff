"""Programar un encuentro: lo que se acepta, lo que se rechaza y lo que se avisa."""

from datetime import date, time

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from talleres.acciones import YaExiste, programar_encuentro
from talleres.models import Convocado, Encuentro, Facilitacion, Traslado
from tests.carreras import a_la_vez
from tests.conftest import entrar
from tests.fabricas import (
    AutoridadFactory,
    EntidadFactory,
    EstrategiaFactory,
    GrupoFactory,
    TrasladoFactory,
)

from .formulario import CREAR, base, datos, errores, propuestos, ruta_editar

pytestmark = pytest.mark.django_db
MIEMBROS = ["08", "0801", "0807", "080752"]


def convocados(encuentro):
    return sorted(encuentro.convocados.values_list("gad", flat=True))


def mensajes(respuesta):
    return [str(mensaje) for mensaje in get_messages(respuesta.wsgi_request)]


# --- Quién puede --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "estado"),
    [("central", 200), ("zonal1", 200), ("observador", 403), ("plan_rioverde", 403)],
)
def test_programan_la_central_y_las_zonas(client, elenco, grupo1, quien, estado):
    entrar(client, elenco[quien])
    assert client.get(CREAR).status_code == estado
    enviado = client.post(CREAR, datos(grupo1, base_convocados=base(grupo1), convocados=["08"]))
    assert enviado.status_code == (302 if estado == 200 else 403)
    assert Encuentro.objects.count() == (1 if estado == 200 else 0)


@pytest.mark.parametrize("ruta", ["crear", "editar"])
def test_sin_sesion_se_pide_ingresar(client, encuentro1, ruta):
    direccion = CREAR if ruta == "crear" else ruta_editar(encuentro1)
    assert client.get(direccion).status_code == 302
    assert client.post(direccion, {"tema": "Lo tecleado"}).status_code == 401
    assert Encuentro.objects.count() == 1


def test_solo_se_ofrecen_los_grupos_que_se_pueden_editar(client, zonal4, grupo1, grupo2):
    GrupoFactory(
        estrategia=grupo2.estrategia, zona=grupo2.zona, estado="cancelado", motivo="No se convocó"
    )
    form = entrar(client, zonal4).get(CREAR).context["form"]
    assert form.fields["grupos"].choices == [(str(grupo2.pk), str(grupo2))]
    assert sorted(form.fields["gad"].objetos) == ["08", "0803", "13", "1317"]


# --- Programar ----------------------------------------------------------------------------------


def test_primero_muestra_los_convocados_y_despues_guarda(client, zonal1, grupo1):
    entrar(client, zonal1)
    paso = client.post(CREAR, datos(grupo1))
    assert (paso.status_code, Encuentro.objects.count()) == (200, 0)
    assert propuestos(paso) == (MIEMBROS, [])
    assert "Falta un paso" in paso.content.decode()
    # La persona quita a una parroquia y confirma.
    final = client.post(CREAR, datos(grupo1, base_convocados=base(grupo1), convocados=MIEMBROS[:3]))
    creado = Encuentro.objects.get()
    assert final.status_code == 302
    assert final.url == creado.get_absolute_url()
    assert convocados(creado) == MIEMBROS[:3]
    assert list(creado.grupos.all()) == [grupo1]
    assert (creado.jornada, creado.estado, creado.version) == ("manana", "planificado", 1)
    assert (creado.inicio, creado.fin) == (time(8, 30), time(12, 30))
    assert mensajes(final)[0] == (
        "Se programó «Taller con equipos técnicos», martes 10 de septiembre de 2019."
    )


def test_queda_escrito_quien_lo_programo(client, zonal1, grupo1):
    entrar(client, zonal1)
    client.post(CREAR, datos(grupo1, base_convocados=base(grupo1), convocados=["08"]))
    creado = Encuentro.objects.get()
    assert creado.historia.earliest().history_user == zonal1
    assert [fila.history_user for fila in Convocado.historia.all()] == [zonal1]


@pytest.mark.parametrize(
    ("tipo", "gad", "marcados"),
    [
        ("M1", "08", ["08"]),
        ("M2", "0807", ["0807"]),
        ("M3", "", MIEMBROS),
        ("C", "", []),
        ("C", "08", ["08"]),
    ],
)
def test_convocados_que_se_proponen(client, central, grupo1, tipo, gad, marcados):
    clase = "cierre" if tipo == "C" else ""
    paso = entrar(client, central).post(CREAR, datos(grupo1, tipo=tipo, clase=clase, gad=gad))
    assert paso.status_code == 200
    assert propuestos(paso)[0] == marcados
    assert sorted(propuestos(paso)[0] + propuestos(paso)[1]) == MIEMBROS


def test_si_cambia_el_grupo_se_vuelven_a_mostrar(client, central, grupo1, grupo2):
    enviado = datos(grupo1, base_convocados=base(grupo1), convocados=MIEMBROS)
    enviado["grupos"] = [grupo2.pk]
    paso = entrar(client, central).post(CREAR, enviado)
    assert (paso.status_code, Encuentro.objects.count()) == (200, 0)
    assert propuestos(paso)[0] == ["08", "13", "0803", "1317", "131751"]


def test_el_m1_de_un_grupo_con_una_sola_provincia_no_pide_el_gad(client, central, grupo1):
    entrar(client, central)
    assert propuestos(client.post(CREAR, datos(grupo1, tipo="M1")))[0] == ["08"]
    enviado = datos(grupo1, tipo="M1", base_convocados=base(grupo1, "M1", "08"), convocados=["08"])
    client.post(CREAR, enviado)
    assert Encuentro.objects.get().gad_id == "08"


def test_la_autoridad_es_la_del_gad_en_esa_fecha(client, central, grupo1, territorio):
    gad = territorio.gad["0807"]
    AutoridadFactory(gad=gad, desde=date(2014, 5, 15), hasta=date(2019, 5, 15))
    vigente = AutoridadFactory(gad=gad, desde=date(2019, 5, 15), hasta=date(2023, 5, 15))
    enviado = datos(
        grupo1,
        tipo="M2",
        gad="0807",
        base_convocados=base(grupo1, "M2", "0807"),
        convocados=["0807"],
    )
    entrar(client, central).post(CREAR, enviado)
    assert Encuentro.objects.get().autoridad == vigente


@pytest.mark.parametrize(
    ("inicio", "fin", "jornada", "queda"),
    [
        ("11:59", "12:30", "", "manana"),
        ("12:00", "13:00", "", "tarde"),
        ("13:30", "", "manana", "tarde"),
        ("", "", "tarde", "tarde"),
    ],
)
def test_la_jornada_sale_de_la_hora(client, central, grupo1, inicio, fin, jornada, queda):
    enviado = datos(
        grupo1,
        inicio=inicio,
        fin=fin,
        jornada=jornada,
        base_convocados=base(grupo1),
        convocados=["08"],
    )
    assert entrar(client, central).post(CREAR, enviado).status_code == 302
    assert Encuentro.objects.get().jornada == queda


def test_el_m3_de_la_tarde_se_une_al_de_la_manana(client, central, encuentro1, grupo1, grupo2):
    entrar(client, central)
    comun = {"fecha": "2019-08-22", "inicio": "13:00", "fin": "17:00", "convocados": ["08"]}
    client.post(CREAR, datos(grupo1, tema="Tarde", base_convocados=base(grupo1), **comun))
    client.post(CREAR, datos(grupo2, tema="De otro", base_convocados=base(grupo2), **comun))
    assert Encuentro.objects.get(tema="Tarde").jornada_de == encuentro1
    assert Encuentro.objects.get(tema="De otro").jornada_de is None


def test_un_complementario_sin_grupo_va_en_un_canton_de_la_zona(client, zonal1, grupo1):
    entrar(client, zonal1)
    comun = {"tipo": "C", "clase": "coordinacion", "grupos": []}
    ajeno = client.post(CREAR, datos(grupo1, **comun, canton="1303"))
    assert (ajeno.status_code, errores(ajeno)) == (
        400,
        {"canton": ["Sin grupo, el cantón debe ser de su zona."]},
    )
    assert client.post(CREAR, datos(grupo1, **comun, canton="0801")).status_code == 302
    assert Encuentro.objects.visibles_para(zonal1).count() == 1


def test_entidades_con_su_papel(client, central, grupo1):
    stpe, ame = EntidadFactory(), EntidadFactory(clave="ame", siglas="AME", nombre="AME")
    enviado = datos(
        grupo1,
        base_convocados=base(grupo1),
        convocados=["08"],
        facilitan=[stpe.pk],
        acompanan=[ame.pk],
    )
    entrar(client, central).post(CREAR, enviado)
    papeles = Facilitacion.objects.values_list("entidad__clave", "papel")
    assert sorted(papeles) == [("ame", "acompana"), ("stpe", "facilita")]


def test_desde_la_pagina_del_grupo_viene_marcado(client, central, grupo1, grupo2):
    direccion = f"{CREAR}?grupo={grupo2.pk}&fecha=ayer"
    form = entrar(client, central).get(direccion).context["form"]
    assert form["grupos"].value() == [str(grupo2.pk)]
    assert form["estrategia"].value() == str(grupo1.estrategia_id)
    enviado = datos(grupo2, base_convocados=base(grupo2), convocados=["08"])
    assert client.post(direccion, enviado).status_code == 302


# --- Lo que se rechaza --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cambio", "esperado"),
    [
        ({"tema": ""}, {"tema": ["Este campo es obligatorio."]}),
        ({"fecha": "ayer"}, {"fecha": ["Introduzca una fecha válida."]}),
        (
            {"fin": "08:30"},
            {"fin": ["La hora de fin debe ser posterior a la de inicio."]},
        ),
        ({"fin": "07:00"}, {"fin": ["La hora de fin debe ser posterior a la de inicio."]}),
        ({"inicio": ""}, {"inicio": ["Indique también la hora de inicio."]}),
        (
            {"inicio": "", "fin": ""},
            {"jornada": ["Sin hora de inicio, diga si es en la mañana o en la tarde."]},
        ),
        ({"inicio": "25:00"}, {"inicio": ["Introduzca una hora válida."]}),
        (
            {"fecha": "2020-01-01"},
            {
                "fecha": [
                    "Está fuera del período de la estrategia: "
                    "del 1 de agosto de 2019 al 31 de diciembre de 2019."
                ]
            },
        ),
        (
            {"clase": "cierre"},
            {"clase": ["La clase es solo para los complementarios: déjela vacía."]},
        ),
        ({"tipo": "C"}, {"clase": ["Indique la clase de encuentro complementario."]}),
        ({"grupos": []}, {"grupos": ["Elija al menos un grupo."]}),
        ({"canton": ""}, {"canton": ["Indique el cantón, o la modalidad virtual."]}),
        ({"canton": "9999"}, {"canton": ["Ese cantón no existe."]}),
        ({"canton": "080752"}, {"canton": ["Ese cantón no existe."]}),
        (
            {"grupos": ["999999"]},
            {"grupos": ["Uno de los grupos no existe o no es de su jurisdicción."]},
        ),
        ({"estrategia": "999"}, {"estrategia": ["Elija una estrategia de la lista."]}),
        ({"tipo": "M2"}, {"gad": ["Diga con qué alcalde/sa es el diálogo."]}),
        ({"tipo": "M2", "gad": "08"}, {"gad": ["En un M2 se dialoga con un GAD municipal."]}),
        ({"tipo": "M1", "gad": "0807"}, {"gad": ["En un M1 se dialoga con un GAD provincial."]}),
        ({"gad": "1303"}, {"gad": ["Ese GAD no es miembro de los grupos que usted edita."]}),
    ],
)
def test_cada_error_junto_a_su_campo_y_nada_se_escribe(client, central, grupo1, cambio, esperado):
    enviado = datos(grupo1, base_convocados=base(grupo1), convocados=["08"]) | cambio
    respuesta = entrar(client, central).post(CREAR, enviado)
    assert (respuesta.status_code, errores(respuesta)) == (400, esperado)
    assert Encuentro.objects.count() == 0


def test_lo_tecleado_no_se_pierde(client, central, grupo1):
    pagina = entrar(client, central).post(CREAR, datos(grupo1, fin="07:00")).content.decode()
    for dicho in ('value="Taller con equipos técnicos"', 'value="2019-09-10"', 'value="07:00"'):
        assert dicho in pagina


def test_un_grupo_ajeno_se_rechaza(client, zonal4, grupo1, grupo2):
    enviado = datos(grupo2, grupos=[grupo1.pk, grupo2.pk])
    respuesta = entrar(client, zonal4).post(CREAR, enviado)
    assert respuesta.status_code == 400
    assert errores(respuesta) == {
        "grupos": ["Uno de los grupos no existe o no es de su jurisdicción."]
    }


def test_el_gad_de_un_grupo_ajeno_se_rechaza(client, zonal4, grupo1, grupo2):
    enviado = datos(grupo2, tipo="M2", gad="0807")
    respuesta = entrar(client, zonal4).post(CREAR, enviado)
    assert errores(respuesta) == {"gad": ["Ese GAD no es miembro de los grupos que usted edita."]}


def test_el_gad_de_otro_de_sus_grupos_se_rechaza(client, zonal1, grupo1, grupo2):
    respuesta = entrar(client, zonal1).post(CREAR, datos(grupo1, tipo="M2", gad="0803"))
    assert errores(respuesta) == {"gad": ["Muisne no es miembro de los grupos elegidos."]}


def test_un_grupo_de_otra_estrategia_se_rechaza(client, central, grupo1):
    otra = EstrategiaFactory(codigo="otra", nombre="Otra")
    respuesta = entrar(client, central).post(CREAR, datos(grupo1, estrategia=otra.pk))
    assert errores(respuesta) == {"grupos": [f"{grupo1} es de otra estrategia."]}


@pytest.mark.parametrize(
    ("elegidos", "mensaje"),
    [
        ([], "Convoque al menos a un GAD."),
        (["08", "1303"], "Uno de los GAD no es miembro de los grupos del encuentro."),
        (["08", "0807", "0807"], "Rioverde (cantón, Esmeraldas) está dos veces."),
    ],
)
def test_convocados_que_no_valen(client, central, grupo1, elegidos, mensaje):
    enviado = datos(grupo1, base_convocados=base(grupo1), convocados=elegidos)
    respuesta = entrar(client, central).post(CREAR, enviado)
    assert (respuesta.status_code, errores(respuesta)) == (400, {"convocados": [mensaje]})
    assert Encuentro.objects.count() == 0


def test_una_entidad_no_facilita_y_acompana_a_la_vez(client, central, grupo1):
    stpe = EntidadFactory()
    enviado = datos(grupo1, facilitan=[stpe.pk], acompanan=[stpe.pk])
    respuesta = entrar(client, central).post(CREAR, enviado)
    assert errores(respuesta) == {"acompanan": ["Ya está entre quienes facilitan: STPE."]}


def test_no_se_cuelan_campos_que_no_se_ofrecen(client, zonal1, grupo1):
    enviado = datos(
        grupo1,
        base_convocados=base(grupo1),
        convocados=["08"],
        estado="realizado",
        participantes_declarados="99",
        clave="X",
        version="7",
    )
    entrar(client, zonal1).post(CREAR, enviado)
    creado = Encuentro.objects.get()
    leido = (creado.estado, creado.participantes_declarados, creado.clave, creado.version)
    assert leido == ("planificado", None, "", 1)


# --- Avisos que no impiden ----------------------------------------------------------------------


def test_se_avisa_de_la_sede_ajena_y_del_orden(client, central, grupo1):
    enviado = datos(
        grupo1,
        tipo="M2",
        gad="0807",
        canton="1303",
        base_convocados=base(grupo1, "M2", "0807"),
        convocados=["0807"],
    )
    respuesta = entrar(client, central).post(CREAR, enviado)
    assert respuesta.status_code == 302
    assert mensajes(respuesta)[1:] == [
        "La sede, Chone, no es un cantón de los grupos del encuentro.",
        "No consta ningún Momento 1 con el GAD provincial de Esmeraldas, que debía ir antes.",
    ]


# --- El mismo envío, dos veces ------------------------------------------------------------------


def test_enviar_dos_veces_no_crea_dos(client, central, grupo1):
    entrar(client, central)
    enviado = datos(grupo1, base_convocados=base(grupo1), convocados=["08"])
    assert client.post(CREAR, enviado).status_code == 302
    repetido = client.post(CREAR, enviado)
    unico = Encuentro.objects.get()
    pagina = repetido.content.decode()
    assert repetido.status_code == 409
    assert "Ya está programado un encuentro igual" in pagina
    assert f'href="{unico.get_absolute_url()}"' in pagina
    assert 'value="Taller con equipos técnicos"' in pagina
    assert Convocado.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_enviar_dos_veces_a_la_vez_tampoco(central, grupo1):
    enviado = datos(grupo1, base_convocados=base(grupo1), convocados=["08"])
    navegadores = [entrar(Client(), central) for _ in range(2)]
    dados = a_la_vez(2, lambda n: navegadores[n].post(CREAR, enviado).status_code)
    assert sorted(dados, key=str) == [302, 409]
    assert (Encuentro.objects.count(), Convocado.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "otro",
    [
        {"inicio": "09:00"},
        {"lugar": "Coliseo"},
        {"fecha": "2019-09-11"},
        {"tipo": "C", "clase": "cierre", "base": "C"},
    ],
)
def test_con_otra_hora_lugar_dia_o_tipo_es_otro(client, central, grupo1, otro):
    entrar(client, central)
    enviado = datos(grupo1, base_convocados=base(grupo1), convocados=["08"])
    client.post(CREAR, enviado)
    otro = dict(otro)
    enviado["base_convocados"] = base(grupo1, otro.pop("base", "M3"))
    assert client.post(CREAR, enviado | otro).status_code == 302
    assert Encuentro.objects.count() == 2


def test_el_cancelado_se_puede_programar_otra_vez(client, central, grupo1):
    entrar(client, central)
    enviado = datos(grupo1, base_convocados=base(grupo1), convocados=["08"])
    client.post(CREAR, enviado)
    Encuentro.objects.update(estado="cancelado", motivo="Paro vial")
    assert client.post(CREAR, enviado).status_code == 302


def test_con_otros_grupos_o_sin_hora_tambien_se_compara(central, grupo1, grupo2):
    def nuevo():
        return Encuentro(
            estrategia=grupo1.estrategia,
            tipo="C",
            clase="cierre",
            tema="Cierre",
            fecha=date(2019, 9, 4),
            jornada="tarde",
            lugar="Manta",
        )

    lo_demas = {"convocados": [], "papeles": {}, "por": central}
    programar_encuentro(nuevo(), grupos=[grupo1], **lo_demas)
    programar_encuentro(nuevo(), grupos=[grupo1, grupo2], **lo_demas)
    with pytest.raises(YaExiste):
        programar_encuentro(nuevo(), grupos=[grupo2, grupo1], **lo_demas)
    assert Encuentro.objects.count() == 2


def test_se_convoca_a_quien_es_miembro_ese_dia(client, central, grupo1):
    """La estrategia puede empezar después: quien hoy no es miembro lo será en la fecha."""
    grupo1.membresias.filter(gad="0801").update(hasta=date(2019, 9, 1))
    grupo1.membresias.filter(gad="0807").update(hasta=date(2019, 9, 15))
    paso = entrar(client, central).post(CREAR, datos(grupo1))
    assert propuestos(paso) == (["08", "0807", "080752"], [])


def test_ruta_de_creacion_no_choca_con_la_ficha():
    assert reverse("talleres:crear_encuentro") == "/talleres/encuentros/nuevo/"


def test_un_encuentro_en_medio_no_corre_los_traslados(client, central, encuentro1, grupo1):
    """El del 22 es a las 08:30, con un viaje antes y otro después; entra uno a las 07:00."""
    for orden in (1, 3):
        TrasladoFactory(estrategia=grupo1.estrategia, fecha=encuentro1.fecha, orden=orden)
    enviado = datos(
        grupo1,
        fecha="2019-08-22",
        inicio="07:00",
        fin="08:00",
        base_convocados=base(grupo1),
        convocados=["08"],
    )
    assert entrar(client, central).post(CREAR, enviado).status_code == 302
    assert list(Traslado.objects.values_list("orden", flat=True)) == [1, 4]
    assert Traslado.historia.latest().history_user == central
